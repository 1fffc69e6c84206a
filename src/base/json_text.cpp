#include "base/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace syncwatch {
namespace {

/// Must not stand in a JSON string as it is (RFC 8259, 7).
bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
    out += '\\';
    switch (c) {
        case '"':
        case '\\': out += c; return;
        case '\n': out += 'n'; return;
        case '\r': out += 'r'; return;
        case '\t': out += 't'; return;
        default: break;
    }
    out += fmt::format("u{:04x}", static_cast<unsigned char>(c));
}

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void JsonText::separate() {
    if (behind_value_) text_ += ',';
    behind_value_ = true;
}

void JsonText::open(char bracket) {
    separate();
    text_ += bracket;
    behind_value_ = false;
}

void JsonText::close(char bracket) {
    text_ += bracket;
    behind_value_ = true;
}

void JsonText::name(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\":";
    behind_value_ = false;
}

void JsonText::value(std::string_view text) {
    separate();
    text_ += '"';
    std::size_t clean = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        text_ += text.substr(clean, i - clean);
        append_escaped(text_, text[i]);
        clean = i + 1;
    }
    text_ += text.substr(clean);
    text_ += '"';
}

void JsonText::value(bool flag) {
    json(flag ? "true" : "false");
}

void JsonText::value(std::int64_t number) {
    separate();
    append_number(text_, number);
}

void JsonText::value(double number) {
    if (!std::isfinite(number)) return value(nullptr);
    if (std::trunc(number) == number && std::abs(number) < kExactIntegers) {
        return value(static_cast<std::int64_t>(number));
    }
    separate();
    append_number(text_, number);
}

void JsonText::value(std::nullptr_t) {
    json("null");
}

void JsonText::value(const Uuid& id) {
    separate();
    const auto letters = id.letters();
    text_ += '"';
    text_.append(letters.data(), letters.size());
    text_ += '"';
}

void JsonText::json(std::string_view text) {
    separate();
    text_ += text;
}

}  // namespace syncwatch
