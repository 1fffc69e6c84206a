#include "domain/room/room.h"

#include <array>
#include <span>
#include <utility>

namespace syncwatch {
namespace {

template <class E>
using Words = std::span<const std::pair<E, std::string_view>>;

template <class E>
std::string_view word_of(Words<E> words, E value) {
    for (const auto& [each, word] : words) {
        if (each == value) return word;
    }
    return {};
}

template <class E>
std::optional<E> value_of(Words<E> words, std::string_view searched) {
    for (const auto& [value, word] : words) {
        if (word == searched) return value;
    }
    return std::nullopt;
}

// The words are part of the HTTP API and of the room protocol, and are stored.
constexpr std::array<std::pair<Control, std::string_view>, 3> kControl{
    {{Control::Host, "host"},
     {Control::Moderators, "moderators"},
     {Control::Everyone, "everyone"}}};
constexpr std::array<std::pair<Visibility, std::string_view>, 2> kVisibility{
    {{Visibility::Unlisted, "unlisted"}, {Visibility::Public, "public"}}};
constexpr std::array<std::pair<Hold, std::string_view>, 3> kHold{
    {{Hold::None, "none"}, {Hold::Host, "host"}, {Hold::Everyone, "everyone"}}};
constexpr std::array<std::pair<Role, std::string_view>, 3> kRole{
    {{Role::Viewer, "viewer"}, {Role::Moderator, "moderator"}, {Role::Owner, "owner"}}};

}  // namespace

std::string_view text(Control value) {
    return word_of<Control>(kControl, value);
}
std::string_view text(Visibility value) {
    return word_of<Visibility>(kVisibility, value);
}
std::string_view text(Hold value) {
    return word_of<Hold>(kHold, value);
}
std::string_view text(Role value) {
    return word_of<Role>(kRole, value);
}

std::optional<Control> parse_control(std::string_view word) {
    return value_of<Control>(kControl, word);
}
std::optional<Visibility> parse_visibility(std::string_view word) {
    return value_of<Visibility>(kVisibility, word);
}
std::optional<Hold> parse_hold(std::string_view word) {
    return value_of<Hold>(kHold, word);
}
std::optional<Role> parse_role(std::string_view word) {
    return value_of<Role>(kRole, word);
}

}  // namespace syncwatch
