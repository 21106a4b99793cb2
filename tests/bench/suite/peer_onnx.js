// Measures ONNX Runtime for one model, on command: node peer_onnx.js FOLDER THREADS with lines of
// seconds on stdin, each answered by a line of JSON.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const ort = require('onnxruntime-node');

const [folder, threads] = [process.argv[2], Number(process.argv[3])];

function feeds() {
  const described = JSON.parse(fs.readFileSync(path.join(folder, 'onnx_inputs.json')));
  const result = {};
  for (const {name, dims, type} of described) {
    const bytes = fs.readFileSync(path.join(folder, name + '.bin'));
    const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const data = type === 'int64' ? new BigInt64Array(own) : new Float32Array(own);
    result[name] = new ort.Tensor(type, data, dims);
  }
  return result;
}

function peakBytes() {
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync('/proc/self/status'))[1]);
}

async function measure(session, inputs, seconds) {
  const times = [];
  const start = process.hrtime.bigint();
  do {
    const begin = process.hrtime.bigint();
    await session.run(inputs);
    times.push(Number(process.hrtime.bigint() - begin) / 1e6);
  } while (Number(process.hrtime.bigint() - start) / 1e9 < seconds);
  times.sort((a, b) => a - b);
  return {ms: times[Math.floor(times.length / 2)], calls: times.length, peak_bytes: peakBytes()};
}

async function main() {
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'), {
    intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all',
    logSeverityLevel: 3});
  const inputs = feeds();
  for (let i = 0; i < 3; ++i) await session.run(inputs);
  for await (const line of readline.createInterface({input: process.stdin})) {
    console.log(JSON.stringify(await measure(session, inputs, Number(line))));
  }
}

main().catch((error) => {
  console.log(JSON.stringify({error: String(error).split('\n')[0]}));
  process.exit(1);
});
