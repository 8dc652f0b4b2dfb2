// Runs one ONNX model. Knows nothing of words or care.
//
//   Session session = Session::load("libonnxruntime.so", "encoder.onnx");
//   auto out = session.run({{"ids", {1, 3}, std::span<const std::int64_t>(ids)}, ...},
//   {"embedding"});
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace attune::inference {

// A named input, row-major; the data outlives the call of run.
struct Input {
  std::string name;
  std::vector<std::int64_t> shape;
  std::variant<std::span<const float>, std::span<const std::int64_t>, std::span<const std::int32_t>>
      data;
};

// A float32 output, row-major.
struct Output {
  std::vector<std::int64_t> shape;
  std::vector<float> data;
};

class Session {
 public:
  // `library` is libonnxruntime.so, `model` an ONNX file; both by path, so a program runs from any
  // folder. One thread a call and no spinning: many callers on few cores are faster that way.
  // Throws Problem(configuration) naming the file that is missing or damaged.
  static Session load(const std::filesystem::path& library, const std::filesystem::path& model);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Outputs in the order of `outputs`, which are float32 in the model. Safe from several threads;
  // the same input gives the same output. Throws Problem(internal) when the model refuses the
  // input (a wrong name, type or shape).
  std::vector<Output> run(const std::vector<Input>& inputs,
                          const std::vector<std::string>& outputs) const;

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::inference
