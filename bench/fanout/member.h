#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace syncwatch::bench {

class Member;

/// Where members go.
struct Target {
    sockaddr_in address{};
    /// It speaks the room protocol; otherwise it is the yardstick, which upgrades anybody.
    bool is_product = true;
};

/// Hears what happens to members.
class MemberListener {
public:
    virtual ~MemberListener() = default;
    virtual void on_ready(Member& member) = 0;
    /// A text frame, once it is ready.
    virtual void on_frame(Member& member, std::string_view payload, std::int64_t now) = 0;
    virtual void on_closed(Member& member, const std::string& why) = 0;
};

/// One simulated viewer: comes as a guest, joins its room over HTTP, upgrades the same connection,
/// says hello, waits for its welcome. Then it is ready.
class Member {
public:
    Member(std::string room, std::size_t room_index, int number)
        : room_(std::move(room)), room_index_(room_index), number_(number) {}
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member();

    std::size_t room_index() const { return room_index_; }
    bool is_ready() const { return state_ == State::Ready; }
    bool is_closed() const { return state_ == State::Closed; }
    std::int64_t last_number = -1;  ///< Of the probes that it got.

    /// Begins to connect; events of its socket go to on_events(). Throws std::system_error.
    void start(int epoll, const Target& target);
    void on_events(std::uint32_t events, std::span<char> buffer, MemberListener& listener);
    /// A text message.
    void say(std::string_view payload);
    /// From now on it reads nothing.
    void stall();

private:
    enum class State : std::uint8_t { Connecting, Guest, Join, Upgrade, Welcome, Ready, Closed };

    void watch(std::uint32_t events, int operation);
    void write(std::string_view bytes);
    void flush();
    void request(std::string_view line, std::string_view more_fields, std::string_view body);
    void upgrade(std::string_view path);
    bool take_answer();
    void on_answer(int status, std::string_view body);
    void take_frames(char* data, std::size_t size, MemberListener& listener);
    void on_frame(std::string_view payload, MemberListener& listener);
    void end(std::string why);

    const std::string room_;
    const std::size_t room_index_;
    const int number_;
    bool is_product_ = true;
    int epoll_ = -1;
    int fd_ = -1;
    State state_ = State::Connecting;
    bool waits_to_write_ = false;
    std::string in_;   ///< What came and is not whole yet.
    std::string out_;  ///< What the socket did not take yet.
    std::string token_;
    std::string why_closed_;
};

}  // namespace syncwatch::bench
