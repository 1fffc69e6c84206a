#include "apps/logging/format.h"

#include <algorithm>
#include <string_view>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

struct LevelWords {
    std::string_view human;
    std::string_view json;
    std::string_view colour;
};

LevelWords words_of(log::Level level) {
    switch (level) {
        case log::Level::Debug: return {"DEBUG", "debug", "\x1b[2m"};
        case log::Level::Info: return {"INFO ", "info", "\x1b[32m"};
        case log::Level::Warning: return {"WARN ", "warning", "\x1b[33m"};
        case log::Level::Error: break;
    }
    return {"ERROR", "error", "\x1b[31m"};
}

bool is_plain(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > ' ' && byte != 0x7f && byte != '"' && byte != '=';
    });
}

/// What is no UTF-8 would make the whole line unreadable for programs.
std::string readable(std::string_view text) {
    std::string out(text);
    if (is_utf8(text)) return out;
    for (char& c : out) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    return out;
}

std::string json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string(readable(text)));
}

/// A request's id is TRACE-SPAN: programs that gather logs look for the trace.
std::string_view trace_of(std::string_view request) {
    return request.substr(0, request.find('-'));
}

}  // namespace

std::string format_human(WallTime time, const log::Line& line, bool colours) {
    const LevelWords level = words_of(line.level);
    std::string stamp = format_rfc3339(time);
    std::replace(stamp.begin(), stamp.end(), 'T', ' ');
    stamp.resize(stamp.size() - 1);
    std::string out = fmt::format("{} {}{}{} {}", stamp, colours ? level.colour : "", level.human,
                                  colours ? "\x1b[0m" : "", line.event);
    const auto add = [&out](std::string_view key, std::string_view value) {
        const bool plain = is_plain(value) && is_utf8(value);
        out += fmt::format(" {}={}", key, plain ? std::string(value) : json_text(value));
    };
    for (const log::Field& field : line.fields) add(field.key, field.value);
    if (!line.request.empty()) add("request", line.request);
    return out;
}

std::string format_json(WallTime time, const log::Line& line, const std::string& node) {
    std::string out =
        fmt::format(R"({{"time":"{}","level":"{}","event":{},"node":{})", format_rfc3339(time),
                    words_of(line.level).json, json_text(line.event), json_text(node));
    if (!line.request.empty()) {
        out += fmt::format(R"(,"trace_id":{},"request":{})", json_text(trace_of(line.request)),
                           json_text(line.request));
    }
    for (const log::Field& field : line.fields) {
        out += fmt::format(",{}:{}", json_text(field.key), json_text(field.value));
    }
    out += '}';
    return out;
}

}  // namespace syncwatch::apps
