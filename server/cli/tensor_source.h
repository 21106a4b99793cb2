#pragma once
// Inputs as people write them: name=value, where value is JSON, text, or a file (.npy, .png, .jpg).

#include <string>
#include <vector>

#include "protos/inference.pb.h"
#include "server/engine/signature.h"

namespace temper::cli {

// A tensor ready for the wire.
struct WireTensor {
  std::string name;
  std::string datatype;
  std::vector<int64_t> shape;
  std::string raw;
};

struct InputText {
  std::string name;
  std::string datatype;  // of "name:FP16=..."; empty: what the model or the value says
  std::string value;     // of "name=value"; "@path" is a file
};

// Throws Error when there is no '='.
InputText split_input(const std::string& text);

// `wanted` is the datatype that the model's metadata names for the input, and `exact` whether the
// model insists on it. Without either, whole numbers are INT64 and others FP32, as in Python.
WireTensor read_input(const InputText& input, const std::string& wanted, bool exact);

// Appends what `text` ("name=value") says to the request; `declared` is what the model tells of its
// inputs. Throws Error.
void add_input(const std::string& text, const std::vector<OutputSlot>& declared,
               inference::ModelInferRequest* request);

WireTensor read_npy(const std::string& path);
// FP32 [1, C, H, W] with values from 0 to 1; C is 1 for grey pictures, else 3.
WireTensor read_picture(const std::string& path);

}  // namespace temper::cli
