#include "services/objects/far_store.h"

#include <utility>

namespace syncwatch {
namespace {

/// Nothing is left of what is not there.
Async<> judge_removal(BlobStore& second, std::string key, Result<> removed) {
    const bool refused = !removed && removed.error().reason == kNoDelete;
    if (!refused) co_return removed;
    SW_CO_TRY(const bool is_there, co_await has_any(second, key));
    if (!is_there) co_return Result<>();
    co_return fail(ErrorCode::Conflict, key + " stays in the second store", kLeftBehind);
}

}  // namespace

Async<bool> has_any(BlobStore& store, std::string key) {
    const auto size = co_await store.size_of(key);
    if (size) co_return true;
    if (size.error().code != ErrorCode::NotFound) co_return fail(size.error());
    std::string from;
    for (bool more = true; more;) {
        SW_CO_TRY(BlobPage page, co_await store.list_page(key, std::move(from)));
        if (!page.all.empty()) co_return true;
        from = std::move(page.next);
        more = !from.empty();
    }
    co_return false;
}

Async<> remove_from_second(BlobStore& second, std::string key) {
    Result<> removed = co_await second.remove(key);
    co_return co_await judge_removal(second, std::move(key), std::move(removed));
}

Async<> remove_all_from_second(BlobStore& second, std::string prefix) {
    Result<> removed = co_await second.remove_all(prefix);
    co_return co_await judge_removal(second, std::move(prefix), std::move(removed));
}

}  // namespace syncwatch
