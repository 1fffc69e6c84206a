#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace syncwatch {

/// How an object is in one store, measured by its ledger line.
enum class Condition : std::uint8_t {
    Whole,
    Missing,
    Truncated,  ///< It has not the size that it should.
    Damaged,    ///< It has the size, and other bytes.
    Away,       ///< The store does not answer: nobody knows.
};

constexpr std::string_view text(Condition condition) {
    switch (condition) {
        case Condition::Whole: return "whole";
        case Condition::Missing: return "missing";
        case Condition::Truncated: return "truncated";
        case Condition::Damaged: return "damaged";
        case Condition::Away: return "away";
    }
    return "";
}

/// What a store's refusal to give an object says of it.
inline Condition condition_from(const Error& error) {
    if (error.code == ErrorCode::NotFound) return Condition::Missing;
    return error.code == ErrorCode::Corrupt ? Condition::Damaged : Condition::Away;
}

/// Known to be there, and not as it should.
constexpr bool is_faulty(Condition condition) {
    return condition != Condition::Whole && condition != Condition::Away;
}

}  // namespace syncwatch
