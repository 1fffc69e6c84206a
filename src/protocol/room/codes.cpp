#include "protocol/room/codes.h"

#include <algorithm>
#include <array>

#include "protocol/http/problem.h"

namespace syncwatch::room_protocol {
namespace {

constexpr std::array<CloseEntry, 9> kCloseCodes{{{CloseCode::Restarting, "the node is restarting"},
                                                 {CloseCode::Overloaded, "overloaded"},
                                                 {CloseCode::BadFrame, "bad frame"},
                                                 {CloseCode::WhoAreYou, "who are you"},
                                                 {CloseCode::Kicked, "kicked or banned"},
                                                 {CloseCode::NoSuchRoom, "no such room"},
                                                 {CloseCode::NoHello, "no hello"},
                                                 {CloseCode::TooSlow, "too slow to read"},
                                                 {CloseCode::Flooding, "too many messages"}}};

constexpr std::array<ErrorEntry, 14> kErrors{
    {{"invalid", "That frame was not understood."},
     {"forbidden", "You may not do this here."},
     {"not_found", "That is not here any more."},
     {"conflict", "Somebody else was quicker; look again."},
     {"nothing_on", "Nothing is on yet."},
     {"nothing_next", "Nothing comes after this one."},
     {"not_playable", "No part of this film can be played yet."},
     {"no_such_item", "That film is not in the queue any more."},
     {"queue_full", "The queue is full."},
     {"too_many_requests", "That was a little fast; wait a moment."},
     {"unsupported_protocol", "This server speaks another version of the protocol."},
     {"unavailable", "The server cannot store anything just now; try again soon."},
     {"timeout", "The server did not finish in time; try again."},
     {"internal", "Something went wrong on the server; it was logged."}}};

constexpr std::array<NoticeEntry, 3> kNotices{
    {{"database_degraded", "The queue cannot be saved just now; the film goes on.",
      "Everything is saved again."},
     {"bus_degraded", "Some people may see changes a moment later.",
      "Changes reach everybody at once again."},
     {"objects_degraded", "Films may load slowly for a while.", "Films load as usual again."}}};

}  // namespace

std::span<const CloseEntry> close_codes() {
    return kCloseCodes;
}

std::string_view close_reason(CloseCode code) {
    const auto found = std::ranges::find(kCloseCodes, code, &CloseEntry::code);
    return found == kCloseCodes.end() ? std::string_view() : found->reason;
}

std::span<const ErrorEntry> error_codes() {
    return kErrors;
}

ErrorWords words_of(const Error& error) {
    const http::Problem problem = http::problem_of(error);
    ErrorWords words{std::string(problem.code), std::string(problem.detail)};
    const auto found = std::ranges::find(kErrors, problem.code, &ErrorEntry::code);
    if (found != kErrors.end()) words.message = found->message;
    if (!error.fields.empty()) {
        const FieldError& first = error.fields.front();
        words.message = first.field + " " + first.message;
    }
    return words;
}

std::span<const NoticeEntry> notices() {
    return kNotices;
}

}  // namespace syncwatch::room_protocol
