#include "apps/config/key_sections.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

constexpr Key kAccountsKeys[] = {
    {"accounts.sign_up", Kind::Text, "POLICY", "open", "open, invitation or closed",
     "Who may make an account, once there is one. The first is always an admin's.",
     [](Settings& s, Words w) { return put(parse_sign_up(w[0]), s.accounts.sign_up); }},
    {"accounts.session", Kind::Text, "TIME", "30d", kSpan,
     "How long a sign-in lasts after its last use.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.accounts.session); }},
    {"accounts.invitation", Kind::Text, "TIME", "7d", kSpan, "How long an invitation is good.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.accounts.invitation); }},
    {"accounts.guests_may_upload", Kind::Flag, "FLAG", "false", kFlag,
     "Whether people without an account may upload films.",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.accounts.guests_may_upload); }},
    {"accounts.guests_may_create_rooms", Kind::Flag, "FLAG", "false", kFlag,
     "Whether people without an account may make rooms.",
     [](Settings& s, Words w) {
         return put(parse_flag(w[0]), s.accounts.guests_may_create_rooms);
     }},
    {"limits.address", Kind::Text, "RATE", "2000 at once, 200/s", kRate,
     "Calls of the API from one address (an IPv6 /64 counts as one).",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.address); }},
    {"limits.account", Kind::Text, "RATE", "1000 at once, 100/s", kRate,
     "Calls of the API by one account or guest.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.account); }},
    {"limits.sign_in", Kind::Text, "RATE", "100 at once, 2/s", kRate,
     "Sign-ups and sign-ins from one address. Wrong passwords lock out long before.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.sign_in); }},
    {"limits.guest", Kind::Text, "RATE", "1500 at once, 20/s", kRate,
     "New guests from one address.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.guest); }},
    {"limits.frames", Kind::Text, "RATE", "400 at once, 60/s", kRate,
     "Frames over one room socket. Who sends more is disconnected.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.frames); }},
    {"limits.chat", Kind::Text, "RATE", "60 at once, 5/s", kRate,
     "Chat messages of one member of a room.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.chat); }},
    {"limits.reactions", Kind::Text, "RATE", "30 at once, 5/s", kRate,
     "Reactions of one member of a room.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.reactions); }},
    {"limits.commands", Kind::Text, "RATE", "60 at once, 10/s", kRate,
     "Plays, pauses, seeks, changes of the queue and the like of one member of a room.",
     [](Settings& s, Words w) { return put(parse_rate(w[0]), s.limits.commands); }},
};

}  // namespace

std::span<const Key> accounts_keys() {
    return kAccountsKeys;
}

}  // namespace syncwatch::config
