// The WebSocket codec: bytes of a client to messages, messages to bytes for everybody.
#include <array>

#include <benchmark/benchmark.h>

#include "gateway/websocket/batch.h"
#include "gateway/websocket/decoder.h"

namespace syncwatch::websocket {
namespace {

class Listener final : public DecoderEvents {
public:
    bool on_text(std::string_view message) override {
        benchmark::DoNotOptimize(message.data());
        return true;
    }
    void on_ping(std::string_view) override {}
    void on_pong(std::string_view) override {}
    void on_close(std::optional<std::uint16_t>, std::string_view) override {}
};

/// Sixteen frames of so many bytes that come in one piece.
void decode_sixteen(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    std::string wire;
    for (int i = 0; i < 16; ++i) {
        wire += '\x81';
        if (size < 126) {
            wire += static_cast<char>(0x80 | size);
        } else {
            wire += {'\xfe', static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
        }
        wire += "mask";
        for (std::size_t k = 0; k < size; ++k) wire += static_cast<char>('x' ^ "mask"[k % 4]);
    }
    Listener listener;
    Decoder decoder(64 * 1024);
    std::string buffer;
    for (auto _ : state) {
        buffer = wire;  // It is unmasked where it lies.
        benchmark::DoNotOptimize(decoder.feed(buffer, listener));
    }
    state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(decode_sixteen)->Arg(60)->Arg(1000);

void make_frame(benchmark::State& state) {
    const std::string text(130, 'x');
    for (auto _ : state) benchmark::DoNotOptimize(frame_text(text));
}
BENCHMARK(make_frame);

/// The frames of a turn put together for the first member, and found again for the next.
void join_sixteen(benchmark::State& state) {
    std::vector<Queued> waiting;
    for (int i = 0; i < 16; ++i) waiting.push_back({frame_text(std::string(130, 'x'))});
    Batch batch;
    for (auto _ : state) {
        if (state.range(0) == 1) batch.forget();
        benchmark::DoNotOptimize(batch.join(waiting));
    }
}
BENCHMARK(join_sixteen)->Arg(0)->Arg(1);

}  // namespace
}  // namespace syncwatch::websocket
