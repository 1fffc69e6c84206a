#pragma once
#include <string_view>

namespace syncwatch::recovery {

/// Whether it is the public key of an age key pair, "age1…": bech32 (BIP 173) of 32 bytes. One that
/// was copied with a mistake is none.
bool is_age_recipient(std::string_view text);

}  // namespace syncwatch::recovery
