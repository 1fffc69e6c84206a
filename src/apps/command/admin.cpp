#include "apps/command/admin.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

namespace syncwatch::apps {
namespace {

/// No echo on the terminal while it lives.
class Silence {
public:
    Silence() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~Silence() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    termios before_{};
};

bool on_terminal() {
    return ::isatty(STDIN_FILENO) != 0;
}

std::string ask_line(const std::string& prompt) {
    fmt::print(stderr, "{}", prompt);
    std::fflush(stderr);
    std::string line;
    std::getline(std::cin, line);
    return line;
}

config::Settings quiet(config::Settings settings) {
    settings.log.level = std::max(settings.log.level, log::Level::Warning);
    return settings;
}

}  // namespace

Admin::Admin(std::unique_ptr<Powers> powers, const config::Settings& settings)
    : powers_(std::move(powers)),
      bus_(*powers_->database),
      sink_(quiet(settings), powers_->clock) {}

Outcome<std::unique_ptr<Admin>> Admin::open(const Invocation& invocation) {
    auto powers = Powers::open(invocation.settings, sql::Schema::Require);
    if (!powers) return tl::unexpected<Failure>(failure_of(powers.error()));
    return std::unique_ptr<Admin>(new Admin(*std::move(powers), invocation.settings));
}

Outcome<> confirm(const std::string& what, const std::string& word, const std::string& given) {
    if (given == word) return {};
    if (given.empty() && on_terminal()) {
        fmt::print(stderr, "{}\n", what);
        if (ask_line(fmt::format("Type {} to go on: ", word)) == word) return {};
    }
    return give_up(Exit::ConfirmationNeeded, "confirmation_needed", what + ": not confirmed",
                   fmt::format("Repeat it with --confirm {}", word));
}

Outcome<std::string> read_password(const std::string& prompt) {
    std::string password;
    if (!on_terminal()) {
        std::getline(std::cin, password);
    } else {
        const Silence silence;
        password = ask_line(prompt + ": ");
        const std::string again = ask_line("\nOnce more: ");
        fmt::print(stderr, "\n");
        if (password != again) {
            return give_up(Exit::Usage, "passwords_differ", "the two passwords are not the same",
                           "Try again.");
        }
    }
    if (password.empty()) {
        return give_up(Exit::Usage, "no_password", "no password was given",
                       "Type it when asked, or pass it on the first line of stdin.");
    }
    return password;
}

}  // namespace syncwatch::apps
