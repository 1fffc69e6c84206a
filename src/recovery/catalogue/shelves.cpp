#include "recovery/catalogue/shelves.h"

#include <algorithm>
#include <map>
#include <system_error>

namespace syncwatch::recovery {

bool Shelves::Listed::is_at(std::size_t place) const {
    return std::ranges::find(copies, place, &Copy::place) != copies.end();
}

Trouble Shelves::trouble(std::size_t place, std::string object, const Error& error) const {
    return {places_[place].name, std::move(object), error.message};
}

Async<Shelves::Listing> Shelves::list(std::string folder) {
    Listing listing;
    std::map<std::string, std::vector<Listed::Copy>> found;
    Error last;
    for (std::size_t place = 0; place < places_.size(); ++place) {
        const auto entries = co_await places_[place].repository->list(folder);
        listing.answered.push_back(entries.has_value());
        if (!entries) {
            last = entries.error();
            listing.trouble.push_back(trouble(place, "", last));
            continue;
        }
        for (const auto& each : *entries) found[each.name].push_back({place, each.size});
    }
    if (std::ranges::count(listing.answered, true) == 0) co_return fail(std::move(last));
    for (auto& [name, copies] : found) listing.all.push_back({name, std::move(copies)});
    co_return listing;
}

Async<Shelves::Created> Shelves::create(std::string name, std::string bytes) {
    Created created;
    Error last;
    for (std::size_t place = 0; place < places_.size(); ++place) {
        const auto made = co_await places_[place].repository->create(name, bytes);
        if (made) continue;
        last = made.error();
        if (last.code == ErrorCode::Conflict) {
            co_return fail(std::move(last).within(places_[place].name));
        }
        created.missing.push_back(trouble(place, name, last));
    }
    if (created.missing.size() == places_.size()) co_return fail(std::move(last));
    co_return created;
}

Async<> Shelves::create_at(std::size_t place, std::string name, std::string bytes) {
    return places_[place].repository->create(std::move(name), std::move(bytes));
}

Async<std::string> Shelves::read(std::size_t place, std::string name) {
    return places_[place].repository->read(std::move(name));
}

Async<std::uint64_t> Shelves::copy(std::string name, std::size_t from, std::size_t to) {
    auto bytes = co_await places_[from].repository->read(name);
    if (!bytes && bytes.error().code == ErrorCode::TooLarge) {
        co_return co_await copy_by_file(std::move(name), from, to);
    }
    if (!bytes) co_return fail(std::move(bytes).error());
    const std::uint64_t size = bytes->size();
    SW_CO_CHECK(co_await places_[to].repository->create(std::move(name), *std::move(bytes)));
    co_return size;
}

Async<std::uint64_t> Shelves::copy_by_file(std::string name, std::size_t from, std::size_t to) {
    const std::filesystem::path between = scratch_ / "copy";
    // What one that was killed in the middle left.
    std::error_code failed;
    std::filesystem::remove(between, failed);
    auto size = co_await places_[from].repository->fetch(name, between);
    if (size) size = co_await places_[to].repository->create_from(std::move(name), between);
    std::filesystem::remove(between, failed);
    co_return size;
}

Async<> Shelves::remove(std::size_t place, std::string name) {
    return places_[place].repository->remove(std::move(name));
}

}  // namespace syncwatch::recovery
