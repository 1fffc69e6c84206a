#include "fanout/probe.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace syncwatch::bench {
namespace {

constexpr std::string_view kUser = "01890c3f-9d2e-7c4a-8b1d-5e6f7a8b9c0d";
/// Numbers are places in the film, this much apart.
constexpr double kStep = 0.01;
constexpr std::string_view kRemark = "did you see that? wait for the next scene";

template <class Number>
std::optional<Number> number_behind(std::string_view frame, std::string_view label) {
    const std::size_t at = frame.find(label);
    if (at == std::string_view::npos) return std::nullopt;
    Number number{};
    const auto read =
        std::from_chars(frame.data() + at + label.size(), frame.data() + frame.size(), number);
    if (read.ec != std::errc()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> rounded(std::optional<double> number) {
    if (!number) return std::nullopt;
    return std::llround(*number);
}

}  // namespace

std::optional<Probe> parse_probe(std::string_view word) {
    if (word == "react") return Probe::React;
    if (word == "chat") return Probe::Chat;
    if (word == "seek") return Probe::Seek;
    return std::nullopt;
}

std::string say(Probe probe, std::int64_t number) {
    if (probe == Probe::React) {
        return fmt::format(R"({{"type":"react","emoji":"🔥","position":{}}})", number);
    }
    if (probe == Probe::Seek) {
        return fmt::format(R"({{"type":"control","id":"s{}","action":"seek","position":{}}})",
                           number, static_cast<double>(number + 1) * kStep);
    }
    return fmt::format(R"({{"type":"chat","id":"m{0}","text":"{0} {1}"}})", number, kRemark);
}

std::string relayed(Probe probe, std::int64_t number) {
    if (probe == Probe::React) {
        return fmt::format(
            R"({{"type":"react","by":"{}","name":"Member 1","emoji":"🔥","position":{}E0}})", kUser,
            number);
    }
    return fmt::format(
        R"({{"type":"chat","message":{{"id":"{0}","by":"{0}","name":"Member 1","text":"{1} {2}",)"
        R"("reply_to":null,"position":null,"sent_at":1700000000000000}}}})",
        kUser, number, kRemark);
}

std::optional<std::int64_t> number_of(Probe probe, std::string_view frame) {
    if (probe == Probe::React && frame.starts_with(R"({"type":"react")")) {
        return rounded(number_behind<double>(frame, R"("position":)"));
    }
    if (probe == Probe::Chat && frame.starts_with(R"({"type":"chat")")) {
        return number_behind<std::int64_t>(frame, R"("text":")");
    }
    if (probe == Probe::Seek && frame.starts_with(R"({"type":"playback")")) {
        const auto place = number_behind<double>(frame, R"("position":)");
        // A film that nobody has moved yet stands at 0.
        if (place && *place > 0) return rounded(*place / kStep - 1);
    }
    return std::nullopt;
}

}  // namespace syncwatch::bench
