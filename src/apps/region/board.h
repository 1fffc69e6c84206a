#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace syncwatch::lab {

/// Tells on stderr how far the parts are: one line that changes on a terminal, a line for each part
/// otherwise. Safe from any thread.
class Board {
public:
    enum class Kind : std::uint8_t { Silent, Lines, Terminal };

    Board(Kind kind, std::size_t parts) : kind_(kind), parts_(parts) {}
    ~Board();
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;

    void begins(const std::string& part);
    void ends(const std::string& part, bool well);

private:
    void draw();

    const Kind kind_;
    const std::size_t parts_;
    std::mutex mutex_;  // Guards the rest.
    std::size_t done_ = 0;
    std::map<std::string, std::chrono::steady_clock::time_point> at_work_;
};

}  // namespace syncwatch::lab
