#pragma once
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recovery/catalogue/shelves.h"

namespace syncwatch::recovery {

/// What the copies of one object say.
template <class Value>
struct ReadCopies {
    std::optional<Value> value;    ///< Of the first that can be believed.
    std::vector<Trouble> damaged;  ///< Those that cannot.
    std::vector<Trouble> away;     ///< Those that could not be read now.
};

/// Reads one after the other until one can be believed, or `all`: then they have to be the same.
/// `parse` makes a Result<Value> of a text.
template <class Value, class Parse>
Async<ReadCopies<Value>> read_copies(Shelves& shelves, Shelves::Listed listed, bool all,
                                     Parse parse) {
    ReadCopies<Value> read;
    std::string believed;
    std::string believed_at;
    const std::uint64_t size = listed.copies.empty() ? 0 : listed.copies.front().size;
    for (const auto& copy : listed.copies) all = all || copy.size != size;
    for (const auto& copy : listed.copies) {
        const auto text = co_await shelves.read(copy.place, listed.name);
        if (!text && text.error().code == ErrorCode::NotFound) continue;  // removed meanwhile
        const bool is_damaged = !text && text.error().code == ErrorCode::Corrupt;
        if (!text) {
            auto& to = is_damaged ? read.damaged : read.away;
            to.push_back(shelves.trouble(copy.place, listed.name, text.error()));
            continue;
        }
        Result<Value> value = parse(*text);
        if (!value) {
            read.damaged.push_back(shelves.trouble(copy.place, listed.name, value.error()));
        } else if (!read.value) {
            read.value = *std::move(value);
            believed = *text;
            believed_at = shelves.places()[copy.place].name;
        } else if (*text != believed) {
            Error other;
            other.message = "it does not say what the one in " + believed_at + " says";
            read.damaged.push_back(shelves.trouble(copy.place, listed.name, other));
        }
        if (read.value && !all) co_return read;
    }
    co_return read;
}

/// What all objects of a folder say.
template <class Value>
struct ReadFolder {
    std::vector<Value> values;
    std::vector<std::string> unreadable;  ///< Names of those of which no copy can be believed.
    std::vector<Trouble> damaged;
    std::vector<Trouble> away;
};

template <class Value>
Async<ReadFolder<Value>> read_folder(Shelves& shelves, std::string folder, bool all,
                                     Result<Value> (*parse)(std::string_view)) {
    SW_CO_TRY(Shelves::Listing listing, co_await shelves.list(std::move(folder)));
    ReadFolder<Value> read;
    read.away = std::move(listing.trouble);
    for (const Shelves::Listed& listed : listing.all) {
        SW_CO_TRY(auto copies, (co_await read_copies<Value>(shelves, listed, all, parse)));
        if (copies.value) read.values.push_back(*std::move(copies.value));
        if (!copies.value && !copies.damaged.empty()) read.unreadable.push_back(listed.name);
        std::ranges::move(copies.damaged, std::back_inserter(read.damaged));
        std::ranges::move(copies.away, std::back_inserter(read.away));
    }
    co_return read;
}

}  // namespace syncwatch::recovery
