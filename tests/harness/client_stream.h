#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace syncwatch::harness {

/// A client's blocking connection, plain or TLS. Every wait ends within its patience.
class ClientStream {
public:
    struct Options {
        std::uint16_t port = 0;
        bool tls = false;
        std::string authority_file;  ///< The certificate that TLS must lead to.
        std::chrono::milliseconds patience{15'000};
    };

    /// Throws std::runtime_error when nobody answers or the certificate does not hold.
    explicit ClientStream(const Options& options);
    ~ClientStream();
    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;

    /// False: the server closed.
    bool write(std::string_view bytes);
    /// Some bytes; empty when the server closed or was silent for too long.
    std::string read();
    /// True if the last read() ended because nothing came.
    bool timed_out() const { return timed_out_; }
    void set_patience(std::chrono::milliseconds patience);
    /// Ends it as a killed process does: with a reset.
    void reset();
    int fd() const { return fd_; }

private:
    struct Tls;
    int fd_ = -1;
    bool timed_out_ = false;
    std::unique_ptr<Tls> tls_;
};

}  // namespace syncwatch::harness
