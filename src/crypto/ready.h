// Inside of crypto: libsodium's start-up, memory that wipes itself, and files by descriptor.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <utility>

#include "base/bytes.h"

namespace attune::crypto {

// Starts libsodium once; safe from several threads. Throws Problem(internal) if it can't.
void ready();

// Wipes bytes that held something secret when it goes out of scope.
class WipeAtEnd {
 public:
  WipeAtEnd(void* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  ~WipeAtEnd();
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  void* bytes_;
  std::size_t size_;
};

// A part's length as it is hashed before the part: 64 bits, little-endian.
std::array<unsigned char, 8> lengthBytes(std::size_t length);

// An open file. Errors are Problem(storage) with the path as `where`.
class File {
 public:
  // Takes an open descriptor over.
  File(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  static File read(const std::filesystem::path& path);
  ~File();
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  File& operator=(File&&) = delete;

  int fd() const { return fd_; }
  // Reads until `out` is full or the file ends; how many bytes there were.
  std::size_t fill(std::span<unsigned char> out);
  void write(base::BytesView bytes);
  void sync();

 private:
  int fd_;
  std::filesystem::path path_;
};

// Throws Problem(storage) for errno `error`.
[[noreturn]] void fileProblem(const std::filesystem::path& path, int error);
// Makes the name of a new file durable.
void syncFolderOf(const std::filesystem::path& path);

}  // namespace attune::crypto
