// What serving costs on top of gRPC: a closed loop on one connection against temperd with a tiny
// model, and against a bare server that answers the same messages without a model. Both run at the
// same time and are asked in turn, so that noise of the machine hits both.

#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "protos/inference.grpc.pb.h"
#include "tests/bench/child.h"

namespace temper::bench {
namespace {

using inference::GRPCInferenceService;
using inference::ModelInferRequest;
using inference::ModelInferResponse;

class EchoService final : public GRPCInferenceService::CallbackService {
  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const ModelInferRequest* request,
                                       ModelInferResponse* response) override {
    response->set_model_name(request->model_name());
    response->set_model_version("1");
    response->set_id(request->id());
    auto* output = response->add_outputs();
    output->set_name("OUTPUT__0");
    output->set_datatype(request->inputs(0).datatype());
    *output->mutable_shape() = request->inputs(0).shape();
    response->add_raw_output_contents(request->raw_input_contents(0));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int run_echo_server(const std::string& port_file) {
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::ofstream(port_file) << "{\"grpc\": " << port << "}\n";
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  int signal = 0;
  sigwait(&set, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

class Client {
 public:
  explicit Client(int port)
      : stub_(GRPCInferenceService::NewStub(grpc::CreateChannel(
            "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()))) {
    request_.set_model_name("add");
    auto* input = request_.add_inputs();
    input->set_name("INPUT__0");
    input->set_datatype("FP32");
    input->add_shape(16);
    const float values[16] = {1, 2, 3, 4};
    request_.add_raw_input_contents(values, sizeof values);
  }

  void wait_until_it_answers() {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      grpc::ClientContext context;
      ModelInferResponse response;
      if (stub_->ModelInfer(&context, request_, &response).ok()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::fprintf(stderr, "a server does not answer\n");
    std::exit(1);
  }

  void measure(int count, std::vector<double>* micros) {
    for (int i = 0; i < count; ++i) {
      const auto start = std::chrono::steady_clock::now();
      grpc::ClientContext context;
      ModelInferResponse response;
      const grpc::Status status = stub_->ModelInfer(&context, request_, &response);
      const auto end = std::chrono::steady_clock::now();
      if (!status.ok() || response.raw_output_contents_size() != 1 ||
          response.raw_output_contents(0).size() != 64) {
        std::fprintf(stderr, "a request failed: %s\n", status.error_message().c_str());
        std::exit(1);
      }
      micros->push_back(std::chrono::duration<double, std::micro>(end - start).count());
    }
  }

 private:
  std::unique_ptr<GRPCInferenceService::Stub> stub_;
  ModelInferRequest request_;
};

double percentile(std::vector<double> values, double share) {
  const auto place = values.begin() + static_cast<int64_t>(share * (values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

void print_row(const char* name, const std::vector<double>& micros) {
  std::printf("%-10s median %8.1f us   p90 %8.1f us   p99 %8.1f us\n", name,
              percentile(micros, 0.5), percentile(micros, 0.9), percentile(micros, 0.99));
}

int compare(const std::string& self, const std::string& temperd, const std::string& models,
            int requests, int rounds) {
  Child echo_server({self, "--echo-server"});
  Child temper_server({temperd, "--model-repository", models, "--grpc-port", "0", "--http-port",
                       "0", "--log-level", "warning"});
  Client echo(echo_server.grpc_port());
  Client served(temper_server.grpc_port());
  echo.wait_until_it_answers();
  served.wait_until_it_answers();
  std::vector<double> echo_micros, temper_micros, warm_up;
  echo.measure(1000, &warm_up);
  served.measure(1000, &warm_up);
  for (int round = 0; round < rounds; ++round) {
    echo.measure(requests / rounds, &echo_micros);
    served.measure(requests / rounds, &temper_micros);
  }
  print_row("echo", echo_micros);
  print_row("temperd", temper_micros);
  std::printf("ratio of medians %.3f\n",
              percentile(temper_micros, 0.5) / percentile(echo_micros, 0.5));
  return 0;
}

}  // namespace
}  // namespace temper::bench

int main(int argc, char** argv) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  CLI::App app("Compares temperd with a bare gRPC server");
  std::string temperd = "temperd", models, port_file;
  int requests = 20000, rounds = 40;
  bool echo = false;
  app.add_option("--temperd", temperd, "The daemon's binary");
  app.add_option("--models", models, "Folder with add.pt: see make_models.py");
  app.add_option("--requests", requests, "Requests to each server")->capture_default_str();
  app.add_option("--rounds", rounds, "Turns of asking")->capture_default_str();
  app.add_flag("--echo-server", echo, "Only be the bare server");
  app.add_option("--port-file", port_file, "Where the bare server writes its port");
  CLI11_PARSE(app, argc, argv);
  if (!echo) return temper::bench::compare(argv[0], temperd, models, requests, rounds);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return temper::bench::run_echo_server(port_file);
}
