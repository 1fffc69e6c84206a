#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// The rules for what people call themselves and prove themselves with. Every refusal names the
/// field, so that a form can show it.

/// 3 to 32 ASCII letters, digits, '.', '_' or '-', beginning and ending with a letter or a digit.
/// ASCII alone: no two names that look the same can differ. Errors: InvalidInput ("username").
Result<std::string> valid_username(std::string_view typed);

/// Two names that differ in case alone are the same name: this is the form that must be unique.
std::string username_key(std::string_view username);

/// 8 to 1024 bytes. Errors: InvalidInput (`field`).
Result<std::string> valid_password(std::string typed, std::string_view field = "password");

/// A name as others see it: 1 to `most` characters once trimmed, UTF-8, with no control characters
/// and nothing that is invisible or turns the direction of the text around it.
/// Errors: InvalidInput (`field`).
Result<std::string> valid_display_name(std::string_view typed,
                                       std::string_view field = "display_name",
                                       std::size_t most = 64);

/// A name that can be shown, made from whatever was given (a file's name): what valid_display_name
/// refuses is left out, white space of any kind becomes one space, what is no UTF-8 is taken for
/// Latin-1, and behind `most` characters it ends. Empty if nothing is left.
std::string presentable_name(std::string_view given, std::size_t most);

}  // namespace syncwatch
