// Rules that run for every command, report or message.
#include <benchmark/benchmark.h>

#include "domain/chat/chat.h"
#include "domain/playback/playback.h"
#include "domain/queue/queue.h"

namespace syncwatch {
namespace {

void apply_seek(benchmark::State& state) {
    Playback before;
    before.item = ItemId{};
    before.paused = false;
    Circumstances circumstances;
    circumstances.film = {7200.0, 7200.0, true};
    for (auto _ : state) {
        benchmark::DoNotOptimize(apply(before, Seek{1250.25}, circumstances));
    }
}
BENCHMARK(apply_seek);

void compare_stamps(benchmark::State& state) {
    const Stamp older{1700000000000000, 3, "node-1"};
    const Stamp newer{1700000000000000, 3, "node-2"};
    for (auto _ : state) benchmark::DoNotOptimize(older < newer);
}
BENCHMARK(compare_stamps);

void vote_in_a_long_queue(benchmark::State& state) {
    Queue queue;
    for (std::uint8_t i = 0; i < 100; ++i) {
        QueueItem item;
        item.id.uuid.bytes[15] = i;
        queue.items.push_back(item);
    }
    const ItemId last = queue.items.back().id;
    for (auto _ : state) benchmark::DoNotOptimize(with_vote(queue, last, UserId{}));
}
BENCHMARK(vote_in_a_long_queue);

void check_reaction(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(valid_reaction("🔥"));
}
BENCHMARK(check_reaction);

void check_chat_text(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(valid_chat_text("did you see that? wait for the next scene"));
    }
}
BENCHMARK(check_chat_text);

}  // namespace
}  // namespace syncwatch
