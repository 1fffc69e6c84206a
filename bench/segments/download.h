#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <openssl/ssl.h>

namespace syncwatch::bench {

/// What all connections have fetched.
struct Fetched {
    std::uint64_t bytes = 0;  ///< Of bodies.
    std::uint64_t answers = 0;
};

/// One connection that asks for one file after another and throws away what comes, as a player
/// with a fast line would. Plain bodies are dropped inside the kernel, so that the client's copying
/// is not what is measured. Whatever is not as it should be is a std::runtime_error.
class Download {
public:
    /// Connects, and shakes hands when there is a `tls`. `paths` outlive it.
    Download(const sockaddr_in& server, SSL_CTX* tls, std::span<const std::string> paths,
             std::size_t first);
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;
    ~Download();

    int fd() const { return fd_; }
    /// Asks for the next file; the answer must have been read whole.
    void ask();
    /// Takes what has come; asks on when an answer is whole.
    void on_readable(std::span<char> buffer, Fetched& fetched);

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    /// Bytes read; 0: nothing is there now.
    std::size_t read(std::span<char> buffer, bool drop);
    void take(std::string_view bytes, Fetched& fetched);
    void on_head(std::string_view head);

    const std::span<const std::string> paths_;
    std::size_t next_;
    int fd_ = -1;
    std::unique_ptr<SSL, Free> ssl_;
    std::string head_;
    std::uint64_t left_ = 0;  ///< Of the body.
    bool in_body_ = false;
};

}  // namespace syncwatch::bench
