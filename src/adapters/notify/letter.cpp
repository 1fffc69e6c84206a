#include "adapters/notify/letter.h"

#include <span>

#include <fmt/format.h>

#include "adapters/notify/words.h"
#include "base/digest.h"

namespace syncwatch::notify {
namespace {

/// Base64 in lines of 76 (RFC 2045, 6.8): nothing in a text can be mistaken for SMTP.
std::string in_lines(const std::string& base64) {
    constexpr std::size_t kLine = 76;
    std::string out;
    for (std::size_t at = 0; at < base64.size(); at += kLine) {
        out += base64.substr(at, kLine) + "\r\n";
    }
    return out;
}

/// As encoded words where it is not plain (RFC 2047): none is longer than 75.
std::string header_text(const std::string& text) {
    constexpr std::size_t kMostPlain = 60;
    constexpr std::size_t kBytes = 42;
    bool is_plain = text.size() <= kMostPlain;
    for (const char each : text) is_plain = is_plain && each >= ' ' && each < 127;
    if (is_plain) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + kBytes, text.size());
        const auto is_inside = [&] {
            return end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;
        };
        while (end > at && is_inside()) --end;
        const std::string part = text.substr(at, end - at);
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ",
                           encode_base64(as_bytes(part)));
        at = end;
    }
    return out;
}

std::string mark_of(const std::string& text) {
    constexpr std::size_t kBytes = 12;
    const Sha256Sum sum = sha256(as_bytes(text));
    return encode_hex(std::span(sum).first(kBytes));
}

/// RFC 5322, 3.3: "Mon, 23 Nov 2026 08:33:14 +0000".
std::string mail_date(WallTime time) {
    std::string date = format_http_date(time);
    date.replace(date.rfind("GMT"), 3, "+0000");
    return date;
}

}  // namespace

std::string letter(const Notice& notice, const std::string& from,
                   const std::vector<std::string>& to) {
    const std::string host = from.substr(from.find('@') + 1);
    const std::string thread = mark_of(notice.installation + "/" + notice.key);
    const std::string id =
        mark_of(fmt::format("{}/{}/{}", thread, to_micros(notice.at), word(notice.turn)));
    std::string body = headline(notice) + "\n\n" + details(notice);
    std::string text = "From: SyncWatch <" + from + ">\r\n";
    text += fmt::format("To: {}\r\n", fmt::join(to, ",\r\n "));
    text += "Subject: " + header_text("SyncWatch: " + headline(notice)) + "\r\n";
    text += "Date: " + mail_date(notice.at) + "\r\n";
    text += fmt::format("Message-ID: <{}@{}>\r\n", id, host);
    text += fmt::format("References: <{}@{}>\r\n", thread, host);
    text += "Auto-Submitted: auto-generated\r\n";
    text += "MIME-Version: 1.0\r\n";
    text += "Content-Type: text/plain; charset=utf-8\r\n";
    text += "Content-Transfer-Encoding: base64\r\n\r\n";
    return text + in_lines(encode_base64(as_bytes(body)));
}

}  // namespace syncwatch::notify
