#include "recovery/catalogue/catalogue.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "base/encoding.h"
#include "recovery/catalogue/copies.h"
#include "recovery/catalogue/record_text.h"

namespace syncwatch::recovery {
namespace {

/// What add() brings along that other places missed before: not so much that the next backup waits.
constexpr std::uint64_t kMostAlong = std::uint64_t{64} << 20;

WallTime to_milliseconds(WallTime time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

Result<> check_texts(const BackupRecord& record) {
    std::vector<std::string> texts{record.node,           record.system_id,  record.engine,
                                   record.engine_version, record.position,   record.root,
                                   record.schema_version, record.app_version};
    for (const auto& [name, count] : record.counts) texts.push_back(name);
    for (const auto& [name, text] : record.annotations) {
        texts.push_back(name);
        texts.push_back(text);
    }
    if (std::ranges::all_of(texts, [](const std::string& each) { return is_utf8(each); })) {
        return {};
    }
    return fail(ErrorCode::InvalidInput, "a text of the backup's record is no UTF-8");
}

Result<> check(const BackupRecord& record) {
    if (!is_catalogue_word(record.component)) {
        return fail(ErrorCode::InvalidInput, "not the name of a component");
    }
    if (!record.id.uuid.made_at()) {
        return fail(ErrorCode::InvalidInput, "a backup's id is a UUID of version 7");
    }
    return check_texts(record);
}

}  // namespace

Async<std::optional<StoredRecord>> Catalogue::read_one(Shelves::Listed listed) {
    const auto known = known_.find(listed.name);
    if (known != known_.end()) co_return known->second;
    auto parse = [this, name = listed.name](std::string_view text) {
        return record_named(name, text);
    };
    SW_CO_TRY(auto read, (co_await read_copies<StoredRecord>(shelves_, std::move(listed), false,
                                                             std::move(parse))));
    co_return std::move(read.value);
}

Async<std::optional<ChainLink>> Catalogue::link_before(Shelves::Listing listing, std::string name) {
    const auto own = std::ranges::find(listing.all, name, &Shelves::Listed::name);
    if (own != listing.all.end()) {
        SW_CO_TRY(const auto read, co_await read_one(*own));
        if (read) co_return read->record.previous;
        listing.all.erase(own);
    }
    for (auto listed = listing.all.rbegin(); listed != listing.all.rend(); ++listed) {
        SW_CO_TRY(const auto read, co_await read_one(*listed));
        if (read) co_return ChainLink{read->record.id, read->hash};
    }
    co_return std::nullopt;
}

Async<std::vector<std::size_t>> Catalogue::whole_at(BackupRecord record) {
    std::string folder = names_.data(record);
    SW_CO_TRY(const Shelves::Listing data, co_await shelves_.list(std::move(folder)));
    std::vector<std::size_t> whole;
    for (std::size_t place = 0; place < data.answered.size(); ++place) {
        const auto has = [&](const Shelves::Listed& each) { return each.is_at(place); };
        if (data.answered[place] && std::ranges::all_of(data.all, has)) whole.push_back(place);
    }
    if (whole.empty()) {
        co_return fail(ErrorCode::Conflict, "no place has all bytes of " + names_.data(record));
    }
    co_return whole;
}

Async<Catalogue::Added> Catalogue::add(BackupRecord record) {
    SW_CO_CHECK(check(record));
    for (WallTime* time :
         {&record.started, &record.finished, &record.window.from, &record.window.to}) {
        *time = to_milliseconds(*time);
    }
    std::string folder = names_.records(record.component);
    SW_CO_TRY(Shelves::Listing listing, co_await shelves_.list(std::move(folder)));
    const std::string name = names_.record(record);
    SW_CO_TRY(record.previous, co_await link_before(listing, name));
    SW_CO_TRY(const std::vector<std::size_t> whole, co_await whole_at(record));
    std::string text = write_record(record);
    Shelves::Listed own{name, {}};
    Error last;
    for (const std::size_t place : whole) {
        const auto made = co_await shelves_.create_at(place, name, text);
        if (made) own.copies.push_back({place, text.size()});
        if (!made) last = made.error();
        if (!made && last.code == ErrorCode::Conflict) co_return fail(std::move(last));
    }
    if (own.copies.empty()) co_return fail(std::move(last));
    Added added;
    SW_CO_TRY(added.stored, read_record(text));
    known_[name] = added.stored;
    std::erase_if(listing.all, [&](const Shelves::Listed& each) { return each.name == name; });
    listing.all.push_back(std::move(own));
    auto missing = co_await bring(std::move(listing), kMostAlong);
    // It is added, whatever becomes of the rest.
    if (missing) added.missing = *std::move(missing);
    if (!missing) added.missing.push_back({"", names_.records(), missing.error().message});
    co_return added;
}

/// Two that speak of a backup in one millisecond take one after the other.
Async<std::vector<Trouble>> Catalogue::say(std::function<Sentence(WallTime)> sentence) {
    constexpr int kMostTries = 100;
    WallTime at = to_milliseconds(clock_.wall());
    for (int tries = 1;; ++tries, at += std::chrono::milliseconds(1)) {
        auto [name, text] = sentence(at);
        auto created = co_await shelves_.create(std::move(name), std::move(text));
        if (created) co_return std::move(created->missing);
        const bool is_taken = created.error().code == ErrorCode::Conflict;
        if (!is_taken || tries == kMostTries) co_return fail(std::move(created).error());
    }
}

Async<std::vector<Trouble>> Catalogue::add_verification(Verification verification) {
    if (!is_utf8(verification.words)) {
        co_return fail(ErrorCode::InvalidInput, "the words of a look are no UTF-8");
    }
    std::function<Sentence(WallTime)> sentence =
        [this, said = std::move(verification)](WallTime at) mutable {
            said.at = at;
            return Sentence{names_.verification(said.backup, at), write_verification(said)};
        };
    co_return co_await say(std::move(sentence));
}

Async<std::vector<Trouble>> Catalogue::pin(BackupId backup, std::string why) {
    return set_pin({backup, {}, true, std::move(why)});
}

Async<std::vector<Trouble>> Catalogue::unpin(BackupId backup, std::string why) {
    return set_pin({backup, {}, false, std::move(why)});
}

Async<std::vector<Trouble>> Catalogue::set_pin(Pin pin) {
    if (!is_utf8(pin.why)) {
        co_return fail(ErrorCode::InvalidInput, "the reason of a pin is no UTF-8");
    }
    std::function<Sentence(WallTime)> sentence = [this,
                                                  said = std::move(pin)](WallTime at) mutable {
        said.at = at;
        return Sentence{names_.pin(said.backup, at), write_pin(said)};
    };
    co_return co_await say(std::move(sentence));
}

Async<std::vector<Trouble>> Catalogue::note_carried_out(CarriedOut done) {
    if (!is_catalogue_word(done.procedure)) {
        co_return fail(ErrorCode::InvalidInput, "not the name of a procedure");
    }
    if (!is_utf8(done.by) || !is_utf8(done.remark)) {
        co_return fail(ErrorCode::InvalidInput, "a text of it is no UTF-8");
    }
    std::function<Sentence(WallTime)> sentence = [this,
                                                  said = std::move(done)](WallTime at) mutable {
        said.at = at;
        return Sentence{names_.carried_out(said.procedure, at), write_carried_out(said)};
    };
    co_return co_await say(std::move(sentence));
}

Async<std::vector<CarriedOut>> Catalogue::carried_out() {
    std::string folder = names_.carried_out();
    SW_CO_TRY(auto read,
              co_await read_folder(shelves_, std::move(folder), false, &read_carried_out));
    std::ranges::stable_sort(read.values, {}, &CarriedOut::at);
    co_return std::move(read.values);
}

}  // namespace syncwatch::recovery
