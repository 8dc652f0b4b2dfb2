#include "inference/session.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <bit>
#include <numeric>
#include <type_traits>
#include <utility>

#include "base/problem.h"

namespace attune::inference {
namespace {

using base::Problem;
using Library = std::unique_ptr<void, void (*)(void*)>;

// The lowest version of the API that has every function used here; any later library serves it.
constexpr std::uint32_t kApiVersion = 20;

Library open(const std::filesystem::path& path) {
  // The library is kept loaded: it runs threads of its own that outlive the last session.
  Library library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL), [](void*) {});
  if (!library) {
    throw Problem(Problem::Kind::configuration,
                  "the ONNX Runtime library can't be loaded; build or install Attune again",
                  path.string());
  }
  return library;
}

const OrtApi* apiOf(void* library, const std::filesystem::path& path) {
  using GetBase = const OrtApiBase* (*)();
  // ISO C++ has no cast between object and function pointers; on POSIX they have one form.
  const auto getBase = std::bit_cast<GetBase>(dlsym(library, "OrtGetApiBase"));
  const OrtApi* api = getBase == nullptr ? nullptr : getBase()->GetApi(kApiVersion);
  if (api == nullptr) {
    throw Problem(Problem::Kind::configuration, "this library is not an ONNX Runtime of 1.20 on",
                  path.string());
  }
  return api;
}

void check(const OrtApi& api, OrtStatus* status, Problem::Kind kind, const std::string& where) {
  if (status == nullptr) return;
  const std::string message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  throw Problem(kind, "ONNX Runtime: " + message, where);
}

// A handle that its own release function of the table gives back.
template <class T>
class Handle {
 public:
  Handle() = default;
  explicit Handle(void(ORT_API_CALL* release)(T*)) : release_(release) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {
    release_ = other.release_;
  }
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (handle_ != nullptr) release_(handle_);
  }
  T* get() const { return handle_; }
  T** out() { return &handle_; }

 private:
  T* handle_ = nullptr;
  void(ORT_API_CALL* release_)(T*) = nullptr;
};

}  // namespace

struct Session::Impl {
  Library library;
  const OrtApi* api;
  std::string path;
  Handle<OrtEnv> env;
  Handle<OrtMemoryInfo> memory;
  Handle<OrtSession> session;

  Impl(Library opened, const OrtApi* table, std::string modelPath)
      : library(std::move(opened)),
        api(table),
        path(std::move(modelPath)),
        env(table->ReleaseEnv),
        memory(table->ReleaseMemoryInfo),
        session(table->ReleaseSession) {}

  void load() {
    const auto configured = [&](OrtStatus* status) {
      check(*api, status, Problem::Kind::configuration, path);
    };
    // Fatal only: the library's own warnings would go to standard error past our log.
    configured(api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "attune", env.out()));
    configured(api->DisableTelemetryEvents(env.get()));
    Handle<OrtSessionOptions> options(api->ReleaseSessionOptions);
    configured(api->CreateSessionOptions(options.out()));
    configured(api->SetSessionGraphOptimizationLevel(options.get(), ORT_ENABLE_ALL));
    configured(api->SetIntraOpNumThreads(options.get(), 1));
    configured(api->SetInterOpNumThreads(options.get(), 1));
    configured(api->AddSessionConfigEntry(options.get(), "session.intra_op.allow_spinning", "0"));
    configured(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, memory.out()));
    configured(api->CreateSession(env.get(), path.c_str(), options.get(), session.out()));
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Session Session::load(const std::filesystem::path& library, const std::filesystem::path& model) {
  if (!std::filesystem::is_regular_file(model)) {
    throw Problem(Problem::Kind::configuration, "the model file is missing", model.string());
  }
  Library opened = open(library);
  const OrtApi* api = apiOf(opened.get(), library);
  auto impl = std::make_unique<Impl>(std::move(opened), api, model.string());
  impl->load();
  return Session(std::move(impl));
}

std::vector<Output> Session::run(const std::vector<Input>& inputs,
                                 const std::vector<std::string>& outputs) const {
  const OrtApi& api = *impl_->api;
  const auto checked = [&](OrtStatus* status) {
    check(api, status, Problem::Kind::internal, impl_->path);
  };
  std::vector<Handle<OrtValue>> values;
  std::vector<const OrtValue*> valuePointers;
  std::vector<const char*> inputNames;
  for (const Input& input : inputs) {
    Handle<OrtValue>& value = values.emplace_back(api.ReleaseValue);
    const std::int64_t count = std::accumulate(input.shape.begin(), input.shape.end(),
                                               std::int64_t{1}, std::multiplies<>());
    std::visit(
        [&](const auto& data) {
          using Element =
              std::remove_const_t<typename std::remove_cvref_t<decltype(data)>::element_type>;
          if (static_cast<std::int64_t>(data.size()) != count) {
            throw Problem(Problem::Kind::internal, "a tensor's data does not fill its shape",
                          input.name);
          }
          constexpr auto kType =
              std::is_same_v<Element, float>          ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
              : std::is_same_v<Element, std::int64_t> ? ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64
                                                      : ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
          // The C interface takes a pointer to change, but an input is only read.
          checked(api.CreateTensorWithDataAsOrtValue(
              impl_->memory.get(), const_cast<Element*>(data.data()), data.size_bytes(),
              input.shape.data(), input.shape.size(), kType, value.out()));
        },
        input.data);
    valuePointers.push_back(value.get());
    inputNames.push_back(input.name.c_str());
  }

  std::vector<const char*> outputNames;
  for (const std::string& name : outputs) outputNames.push_back(name.c_str());
  std::vector<OrtValue*> raw(outputs.size(), nullptr);
  OrtStatus* status =
      api.Run(impl_->session.get(), nullptr, inputNames.data(), valuePointers.data(), inputs.size(),
              outputNames.data(), outputNames.size(), raw.data());
  std::vector<Handle<OrtValue>> results;
  for (OrtValue* value : raw) *results.emplace_back(api.ReleaseValue).out() = value;
  checked(status);

  std::vector<Output> answer;
  for (const Handle<OrtValue>& value : results) {
    Handle<OrtTensorTypeAndShapeInfo> info(api.ReleaseTensorTypeAndShapeInfo);
    checked(api.GetTensorTypeAndShape(value.get(), info.out()));
    std::size_t rank = 0;
    checked(api.GetDimensionsCount(info.get(), &rank));
    Output& output = answer.emplace_back();
    output.shape.resize(rank);
    checked(api.GetDimensions(info.get(), output.shape.data(), rank));
    std::size_t count = 0;
    checked(api.GetTensorShapeElementCount(info.get(), &count));
    void* data = nullptr;
    checked(api.GetTensorMutableData(value.get(), &data));
    const float* begin = static_cast<const float*>(data);
    output.data.assign(begin, begin + count);
  }
  return answer;
}

}  // namespace attune::inference
