#include "domain/room/member.h"

#include <array>
#include <utility>

namespace syncwatch {
namespace {

constexpr std::array<std::pair<MemberState, std::string_view>, 6> kWords{
    {{MemberState::Joining, "joining"},
     {MemberState::Playing, "playing"},
     {MemberState::Paused, "paused"},
     {MemberState::Buffering, "buffering"},
     {MemberState::Ended, "ended"},
     {MemberState::Away, "away"}}};

}  // namespace

std::string_view text(MemberState state) {
    for (const auto& [each, word] : kWords) {
        if (each == state) return word;
    }
    return {};
}

std::optional<MemberState> parse_member_state(std::string_view word) {
    for (const auto& [state, each] : kWords) {
        if (each == word) return state;
    }
    return std::nullopt;
}

}  // namespace syncwatch
