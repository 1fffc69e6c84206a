#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <openssl/ssl.h>
#include <sys/socket.h>

#include "harness/certificate.h"
#include "harness/loopback_listener.h"

namespace syncwatch {

/// A mail server on loopback that speaks as much SMTP (RFC 5321, 3207, 4954) as is needed to hand
/// it a letter, and misbehaves as a test says. One connection after the other.
class MailServer {
public:
    enum class Manner : std::uint8_t {
        StartTls,  ///< Offers TLS, and wants nothing without.
        Tls,       ///< TLS from the start.
        Plain,     ///< Has none.
        Refuses,   ///< As StartTls, but takes nobody's password.
        Hangs,     ///< Takes a connection, and says nothing.
        Babbles,   ///< Its greeting never ends.
    };
    /// What it was handed.
    struct Mail {
        std::string user;  ///< As AUTH PLAIN has it, with NUL as '|'; empty: nobody signed in.
        bool encrypted = false;
        std::string from;
        std::vector<std::string> to;
        std::string letter;
    };

    explicit MailServer(Manner manner, const harness::Certificate& certificate)
        : manner_(manner), context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
        SSL_CTX_use_certificate_chain_file(context_.get(), certificate.certificate.c_str());
        SSL_CTX_use_PrivateKey_file(context_.get(), certificate.key.c_str(), SSL_FILETYPE_PEM);
    }

    std::string url() const {
        return std::string(manner_ == Manner::Tls ? "smtps" : "smtp") +
               "://127.0.0.1:" + std::to_string(listener_.port());
    }
    std::vector<Mail> mails() const {
        const std::lock_guard lock(mutex_);
        return mails_;
    }

private:
    /// A connection, with or without TLS.
    struct Line {
        explicit Line(UniqueFd socket) : fd(std::move(socket)) {}
        void encrypt(SSL_CTX* context) {
            tls.reset(SSL_new(context));
            SSL_set_fd(tls.get(), fd.get());
            is_open = SSL_accept(tls.get()) == 1;
        }
        void say(const std::string& text) {
            const std::string line = text + "\r\n";
            const int size = static_cast<int>(line.size());
            if (!is_open) return;
            const auto sent = tls ? SSL_write(tls.get(), line.data(), size)
                                  : ::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL);
            is_open = sent == size;
        }
        /// Empty: the other side is gone.
        std::string hear() {
            std::string line;
            while (is_open) {
                char c = 0;
                const auto got = tls ? SSL_read(tls.get(), &c, 1) : ::recv(fd.get(), &c, 1, 0);
                is_open = got == 1;
                if (c == '\n') return line;
                if (c != '\r') line += c;
            }
            return {};
        }

        UniqueFd fd;
        std::unique_ptr<SSL, decltype(&SSL_free)> tls{nullptr, &SSL_free};
        bool is_open = true;
    };

    void serve(UniqueFd client) {
        if (manner_ == Manner::Hangs) {
            hanging_.push_back(std::move(client));
            return;
        }
        Line line(std::move(client));
        if (manner_ == Manner::Tls) line.encrypt(context_.get());
        while (manner_ == Manner::Babbles && line.is_open) {
            line.say("220-" + std::string(900, 'x'));
        }
        talk(line);
    }

    void talk(Line& line) {
        Mail mail;
        mail.encrypted = line.tls != nullptr;
        line.say("220 localhost ESMTP");
        while (line.is_open) {
            const std::string said = line.hear();
            if (said.starts_with("EHLO")) {
                line.say("250-localhost");
                const bool may_encrypt = manner_ != Manner::Plain && !line.tls;
                if (may_encrypt) line.say("250-STARTTLS");
                line.say("250 AUTH PLAIN");
            } else if (said == "STARTTLS") {
                line.say("220 go on");
                line.encrypt(context_.get());
                mail.encrypted = true;
            } else if (said.starts_with("AUTH PLAIN")) {
                if (said.size() > 11) {
                    mail.user = said.substr(11);
                } else {
                    line.say("334 ");
                    mail.user = line.hear();
                }
                const bool refuses = manner_ == Manner::Refuses;
                line.say(refuses ? "535 5.7.8 that is not the password" : "235 welcome");
            } else if (said.starts_with("MAIL FROM:")) {
                mail.from = said.substr(10);
                line.say("250 ok");
            } else if (said.starts_with("RCPT TO:")) {
                mail.to.push_back(said.substr(8));
                line.say("250 ok");
            } else if (said == "DATA") {
                line.say("354 end with a dot");
                for (std::string each = line.hear(); line.is_open && each != ".";
                     each = line.hear()) {
                    mail.letter += each + "\n";
                }
                line.say("250 taken");
                const std::lock_guard lock(mutex_);
                mails_.push_back(mail);
            } else if (said == "QUIT") {
                line.say("221 bye");
                return;
            } else if (!said.empty()) {
                line.say("502 what?");
            }
        }
    }

    const Manner manner_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::vector<UniqueFd> hanging_;  // The listener's thread's own.
    mutable std::mutex mutex_;       // Guards mails_.
    std::vector<Mail> mails_;
    LoopbackListener listener_{[this](UniqueFd client) { serve(std::move(client)); }};
};

}  // namespace syncwatch
