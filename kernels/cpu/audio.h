#pragma once
// Loops over time of torchaudio that no other operator expresses.

#include "core/op/op_call.h"

namespace temper::audio {

void lfilter(OpCall& call);            // (waveform [B, C, T], a [C, K], b [C, K])
void lfilter_core_loop(OpCall& call);  // (input, a flipped, padded output: written)
void overdrive_core_loop(OpCall& call);
void rnnt_loss(OpCall& call);     // (logits, targets, their lengths, blank, clamp)  // (waveform,
                                  // temp, last_in, last_out, output: written)
void forced_align(OpCall& call);  // (log probs, targets, their lengths, blank)

}  // namespace temper::audio
