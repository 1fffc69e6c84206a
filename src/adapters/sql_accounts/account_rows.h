#pragma once
#include <algorithm>
#include <string_view>

#include "adapters/sql/connection.h"
#include "domain/account/account.h"

namespace syncwatch::sql {

/// The columns that account_from reads, in order.
#define SW_ACCOUNT_COLUMNS \
    "u.id, u.kind, u.username, u.display_name, u.admin, u.password_hash, u.created_at"

inline Account account_from(const Row& row) {
    Account account;
    account.id = row.id<UserId>(0);
    account.kind = row.text(1) == "user" ? UserKind::User : UserKind::Guest;
    account.username = row.text(2);
    account.display_name = row.text(3);
    account.admin = row.boolean(4);
    account.password_hash = row.text(5);
    account.created_at = row.time(6);
    return account;
}

inline Blob blob_of(const Sha256Sum& sum) {
    return {{reinterpret_cast<const char*>(sum.data()), sum.size()}};
}

inline Sha256Sum sum_from(const std::string& blob) {
    Sha256Sum sum{};
    std::copy_n(blob.begin(), std::min(blob.size(), sum.size()), sum.begin());
    return sum;
}

}  // namespace syncwatch::sql
