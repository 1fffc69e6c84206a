#include "services/rooms/answers.h"

#include <utility>

namespace syncwatch {
namespace {

/// Later it may work: then a repeated request is worth doing.
bool may_work_later(const Answers::Answer& answer) {
    if (!answer.error) return false;
    switch (answer.error->code) {
        case ErrorCode::Unavailable:
        case ErrorCode::Timeout:
        case ErrorCode::Cancelled:
        case ErrorCode::Exhausted: return true;
        default: return false;
    }
}

}  // namespace

Answers::Verdict Answers::ask(const std::string& id, std::uint64_t line, bool resumed,
                              std::uint64_t content) {
    const auto [place, fresh] = entries_.try_emplace(id);
    Entry& entry = place->second;
    Verdict verdict;
    if (fresh) {
        remember(id);
        verdict.may_be_done = resumed;
    } else if (!resumed && entry.origin != line && entry.content != content &&
               entry.state != Entry::State::Busy) {
        entry.answer = {};
    } else if (entry.state == Entry::State::Settled) {
        verdict.kind = Verdict::Kind::Again;
        verdict.answer = &entry.answer;
        return verdict;
    } else if (entry.state == Entry::State::Busy) {
        verdict.kind = Verdict::Kind::Busy;
        entry.waiting.push_back(line);
        return verdict;
    } else {
        verdict.may_be_done = true;
    }
    entry.state = Entry::State::Busy;
    entry.origin = line;
    entry.content = content;
    entry.waiting = {line};
    return verdict;
}

std::vector<std::uint64_t> Answers::settle(const std::string& id, const Answer& answer) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return {};
    Entry& entry = found->second;
    entry.state = may_work_later(answer) ? Entry::State::Unknown : Entry::State::Settled;
    entry.answer = answer;
    return std::exchange(entry.waiting, {});
}

void Answers::remember(const std::string& id) {
    by_age_.push_back(id);
    if (by_age_.size() <= kMostRemembered) return;
    // What is still being done is asked for by somebody: it stays until it is settled.
    for (auto oldest = by_age_.begin(); oldest != by_age_.end(); ++oldest) {
        const auto found = entries_.find(*oldest);
        if (found->second.state == Entry::State::Busy) continue;
        entries_.erase(found);
        by_age_.erase(oldest);
        return;
    }
}

}  // namespace syncwatch
