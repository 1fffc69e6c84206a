#pragma once
#include <set>
#include <string>
#include <string_view>

namespace syncwatch::apps {

/// What stands in a text in the place of a secret.
inline constexpr std::string_view kTakenOut = "REDACTED";

/// Values that nobody may read, wherever they stand: passwords, tokens, keys. Texts are kept for
/// everybody's eyes only after it has taken them out.
class SecretValues {
public:
    /// One as it is; found also where it is written for a URL.
    void add(std::string_view value);
    /// What stands between a user and a host in it, and what is called a password behind "?".
    void add_url(std::string_view url);

    /// The text without them, and without whatever looks like one: a password in a URL, a value of
    /// something that is called a password, a secret or a token, in a comment, too.
    std::string take_out(std::string_view text) const;
    /// Whether that would change it.
    bool is_in(std::string_view text) const { return take_out(text) != text; }

private:
    std::set<std::string, std::less<>> values_;
};

/// Whether a file is a secret whatever it is called: there is a private key in it.
bool holds_private_key(std::string_view text);

/// Undoes the escapes of a URL, "%40"; what is no escape stays.
std::string percent_decoded(std::string_view text);

}  // namespace syncwatch::apps
