#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/websocket/decoder.h"

namespace syncwatch::websocket {

/// Writes down what a decoder says.
struct Recorder final : DecoderEvents {
    bool on_text(std::string_view text) override {
        seen.push_back("text " + std::string(text));
        return true;
    }
    void on_ping(std::string_view payload) override {
        seen.push_back("ping " + std::string(payload));
    }
    void on_pong(std::string_view payload) override {
        seen.push_back("pong " + std::string(payload));
    }
    void on_close(std::optional<std::uint16_t> code, std::string_view reason) override {
        seen.push_back("close " + std::to_string(code.value_or(0)) + " " + std::string(reason));
    }
    std::vector<std::string> seen;
};

/// What a decoder made of some bytes.
struct Decoded {
    std::vector<std::string> seen;
    std::optional<Violation> violation;
};

/// Feeds `wire` in pieces of `piece` bytes.
inline Decoded decode(const std::string& wire, std::size_t piece = SIZE_MAX,
                      std::size_t limit = 64 * 1024) {
    Decoder decoder(limit);
    Recorder recorder;
    for (std::size_t at = 0; at < wire.size();) {
        std::string part = wire.substr(at, piece);
        at += part.size();
        if (auto found = decoder.feed(part, recorder)) return {recorder.seen, found};
    }
    return {recorder.seen, std::nullopt};
}

}  // namespace syncwatch::websocket
