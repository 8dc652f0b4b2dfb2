// A few threads for blocking work, with a bounded queue in front, and a way for a coroutine to wait
// for a piece of it.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/asio.h"

namespace attune::net {

class Workers {
 public:
  class Job {
   public:
    virtual ~Job() = default;
    virtual void run() noexcept = 0;
    virtual void refuse() noexcept = 0;  // instead of run: no room, or the server stops
  };

  // queue: jobs that may wait; a job over it is refused, unless it is a must.
  Workers(int threads, std::size_t queue);
  ~Workers();  // runs the musts that are still waiting, refuses the rest

  void add(std::unique_ptr<Job> job, bool must);
  // Refuses what waits and isn't a must, now and from now on.
  void refuseWaiting();

 private:
  struct Entry {
    std::unique_ptr<Job> job;
    bool must;
  };
  void work();
  void end();

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> queue_;
  bool refusing_ = false;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

template <class Work, class Handler>
class WorkJob final : public Workers::Job {
 public:
  WorkJob(Work& work, Handler handler) : work_(work), handler_(std::move(handler)) {}
  void run() noexcept override {
    work_();
    finish(true);
  }
  void refuse() noexcept override { finish(false); }

 private:
  void finish(bool ran) {
    const auto executor = asio::get_associated_executor(handler_);
    asio::post(executor, [handler = std::move(handler_), ran]() mutable { handler(ran); });
  }

  Work& work_;
  Handler handler_;
};

// Runs `work` (which must not throw, and outlives the wait) on a worker; resumes on the coroutine's
// own executor. False: it was refused.
template <class Work>
asio::awaitable<bool> onWorker(Workers& workers, Work& work, bool must) {
  auto start = [&workers, &work, must](auto handler) {
    using Handler = decltype(handler);
    workers.add(std::make_unique<WorkJob<Work, Handler>>(work, std::move(handler)), must);
  };
  const bool ran = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      start, asio::use_awaitable);
  co_return ran;
}

}  // namespace attune::net
