// The yardstick: how cheaply a broadcast can be delivered when nothing else is done. A bare epoll
// loop on one thread; frames are gathered per turn of the loop and every member gets one send.
// No HTTP but the upgrade, no JSON, no rights, no timers. The path is the room.
//   bench.yardstick PORT            (0: any; prints the one it has)
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fanout/frames.h"

namespace syncwatch::bench {
namespace {

struct Room;

struct Client {
    int fd = -1;
    Room* room = nullptr;  ///< Set by the upgrade.
    std::string in;        ///< What is not whole yet.
    std::string out;       ///< What the socket did not take.
};

struct Room {
    std::vector<Client*> members;
    std::string batch;  ///< Frames of this turn.
};

std::string accept_key(std::string key) {
    key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, 20> digest;
    EVP_Digest(key.data(), key.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::array<unsigned char, 29> text;
    EVP_EncodeBlock(text.data(), digest.data(), digest.size());
    return {reinterpret_cast<const char*>(text.data()), 28};
}

class Yardstick {
public:
    explicit Yardstick(std::uint16_t port) : epoll_(::epoll_create1(0)), buffer_(64 * 1024) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        const int on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* where = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof(address);
        if (::bind(listener_, where, size) != 0 || ::listen(listener_, 4096) != 0) {
            std::perror("bench.yardstick: listen");
            std::exit(EXIT_FAILURE);
        }
        ::getsockname(listener_, where, &size);
        std::printf("%d\n", ntohs(address.sin_port));
        std::fflush(stdout);
        watch(listener_, nullptr, EPOLLIN, EPOLL_CTL_ADD);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
            for (int i = 0; i < count; ++i) {
                const auto& event = events[static_cast<std::size_t>(i)];
                auto* client = static_cast<Client*>(event.data.ptr);
                if (client == nullptr) {
                    accept_all();
                } else if ((event.events & EPOLLOUT) != 0 && !client->out.empty()) {
                    write(*client, {});
                } else {
                    read(*client);
                }
            }
            for (Room* room : dirty_) {
                for (Client* member : room->members) write(*member, room->batch);
                room->batch.clear();
            }
            dirty_.clear();
        }
    }

private:
    void watch(int fd, Client* client, std::uint32_t events, int operation) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = client;
        ::epoll_ctl(epoll_, operation, fd, &event);
    }

    void accept_all() {
        for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
            const int on = 1;
            const int buffer = 64 * 1024;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
            ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
            auto* client = new Client;
            client->fd = fd;
            watch(fd, client, EPOLLIN, EPOLL_CTL_ADD);
        }
    }

    void read(Client& client) {
        const ssize_t got = ::recv(client.fd, buffer_.data(), buffer_.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return end(client);
        char* data = buffer_.data();
        auto size = static_cast<std::size_t>(got);
        std::string whole;
        if (!client.in.empty() || client.room == nullptr) {
            whole = std::move(client.in);
            whole.append(data, size);
            client.in.clear();
            if (client.room == nullptr && !upgrade(client, whole)) return;
            data = whole.data();
            size = whole.size();
        }
        while (const auto frame = take_frame(data, size)) {
            if (frame->opcode == kClose) return end(client);
            if (frame->opcode != kText) continue;
            if (client.room->batch.empty()) dirty_.push_back(client.room);
            client.room->batch += server_frame(frame->payload);
        }
        client.in.assign(data, size);
    }

    bool upgrade(Client& client, std::string& head) {
        const std::size_t end_of_head = head.find("\r\n\r\n");
        if (end_of_head == std::string::npos) {
            client.in = head;
            return false;
        }
        const std::string path = head.substr(4, head.find(' ', 4) - 4);
        const std::size_t key = head.find("Sec-WebSocket-Key: ") + 19;
        auto& room = rooms_[path];
        if (!room) room = std::make_unique<Room>();
        room->members.push_back(&client);
        client.room = room.get();
        write(client, fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                                  accept_key(head.substr(key, head.find('\r', key) - key))));
        head.erase(0, end_of_head + 4);
        return true;
    }

    void write(Client& client, std::string_view bytes) {
        if (client.out.empty()) {
            const ssize_t sent = ::send(client.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent == static_cast<ssize_t>(bytes.size())) return;
            bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
            client.out = bytes;
            return watch(client.fd, &client, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        }
        client.out += bytes;
        if (!bytes.empty()) return;  // The socket said nothing yet.
        const ssize_t sent = ::send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
        client.out.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
        if (client.out.empty()) watch(client.fd, &client, EPOLLIN, EPOLL_CTL_MOD);
    }

    void end(Client& client) {
        ::close(client.fd);
        if (client.room != nullptr) std::erase(client.room->members, &client);
        delete &client;
    }

    int epoll_;
    int listener_;
    std::vector<char> buffer_;
    std::map<std::string, std::unique_ptr<Room>> rooms_;
    std::vector<Room*> dirty_;
};

}  // namespace
}  // namespace syncwatch::bench

int main(int count, char** words) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    syncwatch::bench::Yardstick(static_cast<std::uint16_t>(count > 1 ? std::atoi(words[1]) : 0))
        .run();
}
