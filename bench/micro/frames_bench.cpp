// Frames of the room protocol: read once, written once, however many hear them.
#include <benchmark/benchmark.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "protocol/room/decode.h"
#include "protocol/room/encode.h"

namespace syncwatch {
namespace {

using namespace room_protocol;

constexpr std::string_view kReact = R"({"type":"react","emoji":"🔥","position":1234.5})";
constexpr std::string_view kClock = R"({"type":"clock","t0":123456789.125})";
constexpr std::string_view kReport =
    R"({"type":"report","state":"playing","position":12.5,"at_us":1700000000000000,)"
    R"("drift_ms":-3.1,"buffered_s":20,"rung":"720p"})";
constexpr std::string_view kChat =
    R"({"type":"chat","id":"m17","text":"did you see that? wait for the next scene"})";
constexpr std::string_view kControl =
    R"({"type":"control","id":"c7","action":"seek","position":1250.25})";

UserId some_user() {
    return UserId::parse("01890c3f-9d2e-7c4a-8b1d-5e6f7a8b9c0d").value();
}

void decode(benchmark::State& state, std::string_view text) {
    for (auto _ : state) benchmark::DoNotOptimize(decode_client_frame(text));
}
BENCHMARK_CAPTURE(decode, react, kReact);
BENCHMARK_CAPTURE(decode, clock, kClock);
BENCHMARK_CAPTURE(decode, report, kReport);
BENCHMARK_CAPTURE(decode, chat, kChat);
BENCHMARK_CAPTURE(decode, control, kControl);

/// What the JSON library alone takes of decode/react.
void parse_json(benchmark::State& state) {
    std::array<unsigned char, 4096> stack;
    for (auto _ : state) {
        boost::json::monotonic_resource memory(stack.data(), stack.size());
        benchmark::DoNotOptimize(boost::json::parse(kReact, &memory));
    }
}
BENCHMARK(parse_json);

void encode_reaction(benchmark::State& state) {
    const UserId by = some_user();
    for (auto _ : state) benchmark::DoNotOptimize(encode_react(by, "Member 1", "🔥", 1234.5));
}
BENCHMARK(encode_reaction);

void encode_chat_message(benchmark::State& state) {
    ChatMessage message;
    message.by = some_user();
    message.name = "Member 1";
    message.text = "did you see that? wait for the next scene";
    for (auto _ : state) benchmark::DoNotOptimize(encode_chat(message));
}
BENCHMARK(encode_chat_message);

void encode_playback_state(benchmark::State& state) {
    Playback playback;
    playback.item = ItemId{some_user().uuid};
    playback.video = VideoId{some_user().uuid};
    playback.stamp.node = "n1";
    playback.position = 1250.25;
    for (auto _ : state) benchmark::DoNotOptimize(encode_playback(playback, nullptr));
}
BENCHMARK(encode_playback_state);

/// The welcome of somebody who comes into a room of so many.
void encode_a_welcome(benchmark::State& state) {
    Member member;
    member.id = some_user();
    member.name = "Member 1";
    const Room room;
    const Playback playback;
    Welcome welcome;
    welcome.you = &member;
    welcome.room = &room;
    welcome.playback = &playback;
    welcome.members.assign(static_cast<std::size_t>(state.range(0)), &member);
    for (auto _ : state) benchmark::DoNotOptimize(encode_welcome(welcome));
}
BENCHMARK(encode_a_welcome)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace syncwatch
