// The part of LiveRoom that answers requests: each once, repeated ones again.
#include "services/rooms/live_room.h"

namespace syncwatch {

Role LiveRoom::standing(const RoomLine& line) const {
    return line.grant.who.admin ? Role::Owner : line.notes.member->shown.role;
}

bool LiveRoom::begin(RoomLine& line, const std::string& id, bool* may_be_done) {
    return begin(line, id, line.notes.member->commands, rules_.commands, may_be_done);
}

bool LiveRoom::begin(RoomLine& line, const std::string& id, Allowance& allowance, const Rate& rate,
                     bool* may_be_done) {
    if (!allowance.take(rate, powers_.clock.now())) {
        powers_.metrics.refused.fetch_add(1);
        speaker_.refusal(line, id, fail(ErrorCode::Exhausted, "too many requests").value());
        return false;
    }
    const Answers::Verdict verdict = line.notes.member->book().ask(
        id, line.notes.serial, line.notes.resumed, line.notes.request);
    if (may_be_done != nullptr) *may_be_done = verdict.may_be_done;
    if (verdict.kind == Answers::Verdict::Kind::Again) {
        const Answers::Answer& answer = *verdict.answer;
        if (answer.error) {
            speaker_.refusal(line, id, *answer.error);
        } else {
            speaker_.ack(line, id, answer.message);
        }
    }
    return verdict.kind == Answers::Verdict::Kind::New;
}

void LiveRoom::settle(UserId member, const std::string& id, const Answers::Answer& answer) {
    if (answer.error) powers_.metrics.refused.fetch_add(1);
    Answers* book = roster_.book_of(member);
    if (book == nullptr) return;
    for (const std::uint64_t serial : book->settle(id, answer)) {
        RoomLine* line = line_of(member, serial);
        if (line == nullptr) continue;  // it will ask again
        if (answer.error) {
            speaker_.refusal(*line, id, *answer.error);
        } else {
            speaker_.ack(*line, id, answer.message);
        }
    }
}

void LiveRoom::settle(UserId member, const std::string& id, const Result<>& outcome) {
    Answers::Answer answer;
    if (!outcome) answer.error = outcome.error();
    settle(member, id, answer);
}

RoomLine* LiveRoom::line_of(UserId member, std::uint64_t serial) {
    const Present* present = roster_.find(member);
    if (present == nullptr) return nullptr;
    for (RoomLine* each : present->lines) {
        if (each->notes.serial == serial) return each;
    }
    return nullptr;
}

}  // namespace syncwatch
