#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "recovery/catalogue/catalogue.h"
#include "recovery/catalogue/copies.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

bool is_said_of(const std::vector<Trouble>& trouble, const std::string& place) {
    return std::ranges::any_of(
        trouble, [&](const Trouble& each) { return each.place == place && each.object.empty(); });
}

bool has_gaps(const Shelves::Listing& listing) {
    for (std::size_t place = 0; place < listing.answered.size(); ++place) {
        const auto lacks = [&](const Shelves::Listed& each) { return !each.is_at(place); };
        if (listing.answered[place] && std::ranges::any_of(listing.all, lacks)) return true;
    }
    return false;
}

}  // namespace

Async<std::set<BackupId>> Catalogue::expired() {
    std::string folder = names_.expiries();
    SW_CO_TRY(const auto notes,
              co_await read_folder(shelves_, std::move(folder), false, &read_expiry));
    std::set<BackupId> gone;
    for (const ExpiryNote& note : notes.values) {
        for (const ChainLink& link : note.gone) gone.insert(link.id);
    }
    co_return gone;
}

Async<std::uint64_t> Catalogue::bring_backup(std::string name, std::size_t from, std::size_t to) {
    SW_CO_TRY(std::string text, co_await shelves_.read(from, name));
    SW_CO_TRY(const StoredRecord stored, record_named(name, text));
    std::string folder = names_.data(stored.record);
    SW_CO_TRY(const Shelves::Listing data, co_await shelves_.list(std::move(folder)));
    std::uint64_t brought = text.size();
    for (const Shelves::Listed& each : data.all) {
        if (each.is_at(to) || !each.is_at(from)) continue;
        SW_CO_TRY(const std::uint64_t size, co_await shelves_.copy(each.name, from, to));
        brought += size;
    }
    SW_CO_CHECK(co_await shelves_.create_at(to, std::move(name), std::move(text)));
    co_return brought;
}

Async<std::vector<Trouble>> Catalogue::bring(Shelves::Listing records, std::uint64_t most) {
    std::vector<Trouble> trouble = records.trouble;
    if (!has_gaps(records)) co_return trouble;
    SW_CO_TRY(const std::set<BackupId> gone, co_await expired());
    std::uint64_t brought = 0;
    for (const Shelves::Listed& each : records.all) {
        const auto id = backup_of_record(each.name);
        if (!id || gone.contains(*id) || each.copies.empty()) continue;
        for (std::size_t to = 0; to < records.answered.size(); ++to) {
            const std::string& place = shelves_.places()[to].name;
            if (each.is_at(to) || !records.answered[to]) continue;
            if (is_said_of(trouble, place) || brought >= most) {
                trouble.push_back({place, each.name, "it is missing"});
                continue;
            }
            const auto size = co_await bring_backup(each.name, each.copies.front().place, to);
            if (size) {
                brought += *size;
                continue;
            }
            trouble.push_back(shelves_.trouble(to, each.name, size.error()));
            // Not once more for everything else that it misses.
            const bool is_away = size.error().code == ErrorCode::Unavailable;
            if (is_away) trouble.push_back(shelves_.trouble(to, "", size.error()));
        }
    }
    co_return trouble;
}

Async<std::vector<Trouble>> Catalogue::bring_words(std::string folder, std::set<BackupId> gone) {
    SW_CO_TRY(const Shelves::Listing listing, co_await shelves_.list(std::move(folder)));
    std::vector<Trouble> trouble;
    for (const Shelves::Listed& each : listing.all) {
        const auto id = backup_of_word(each.name);
        if (id && gone.contains(*id)) continue;
        for (std::size_t to = 0; to < listing.answered.size(); ++to) {
            if (each.is_at(to) || !listing.answered[to]) continue;
            const auto copied = co_await shelves_.copy(each.name, each.copies.front().place, to);
            if (!copied) trouble.push_back(shelves_.trouble(to, each.name, copied.error()));
        }
    }
    co_return trouble;
}

Async<std::vector<Trouble>> Catalogue::sync() {
    constexpr auto kEverything = ~std::uint64_t{0};
    std::string all = names_.records();
    SW_CO_TRY(Shelves::Listing records, co_await shelves_.list(std::move(all)));
    SW_CO_TRY(std::vector<Trouble> trouble, co_await bring(std::move(records), kEverything));
    const std::array folders{names_.expiries(), names_.verifications(), names_.pins(),
                             names_.carried_out()};
    SW_CO_TRY(const std::set<BackupId> gone, co_await expired());
    for (const std::string& folder : folders) {
        SW_CO_TRY(std::vector<Trouble> more, co_await bring_words(folder, gone));
        std::ranges::move(more, std::back_inserter(trouble));
    }
    co_return trouble;
}

}  // namespace syncwatch::recovery
