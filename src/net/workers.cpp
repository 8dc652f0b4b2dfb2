#include "net/workers.h"

#include <algorithm>

namespace attune::net {

Workers::Workers(int threads, std::size_t queue) : limit_(queue) {
  try {
    for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {  // the system gives no more threads; those that run must not outlive this
    end();
    throw;
  }
}

Workers::~Workers() {
  end();
}

void Workers::end() {
  refuseWaiting();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::add(std::unique_ptr<Job> job, bool must) {
  {
    const std::lock_guard lock(mutex_);
    if (must || (!refusing_ && queue_.size() < limit_)) {
      queue_.push_back({std::move(job), must});
      wake_.notify_one();
      return;
    }
  }
  job->refuse();
}

void Workers::refuseWaiting() {
  std::vector<std::unique_ptr<Job>> refused;
  {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
    std::deque<Entry> kept;
    for (Entry& entry : queue_) {
      if (entry.must) {
        kept.push_back(std::move(entry));
      } else {
        refused.push_back(std::move(entry.job));
      }
    }
    queue_.swap(kept);
  }
  for (const auto& job : refused) job->refuse();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::unique_ptr<Job> job = std::move(queue_.front().job);
    queue_.pop_front();
    lock.unlock();
    job->run();
    lock.lock();
  }
}

}  // namespace attune::net
