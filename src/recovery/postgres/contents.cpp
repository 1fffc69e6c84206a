#include "recovery/postgres/contents.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace syncwatch::recovery {
namespace {

constexpr const char* kTransactions = "transactions";
constexpr std::string_view kBefore = ".before";
/// Transactions that were open when somebody asked, and what a server that starts does itself.
constexpr std::uint64_t kOpenOnes = 10'000;

using Span = std::pair<std::uint64_t, std::uint64_t>;

/// "744-760"
std::optional<Span> transactions_of(const BackupRecord& record) {
    const auto found = record.annotations.find(kTransactions);
    if (found == record.annotations.end()) return std::nullopt;
    const std::string& text = found->second;
    const char* const end = text.data() + text.size();
    Span span;
    const auto first = std::from_chars(text.data(), end, span.first);
    if (first.ec != std::errc() || first.ptr == end) return std::nullopt;
    const auto last = std::from_chars(first.ptr + 1, end, span.second);
    if (last.ec != std::errc() || last.ptr != end) return std::nullopt;
    return span;
}

std::string rows_word(const Span& counted) {
    if (counted.first == counted.second) return std::to_string(counted.first);
    return fmt::format("{} to {}", counted.first, counted.second);
}

}  // namespace

void note_contents(const PgContents& before, const PgContents& after, BackupRecord& record) {
    record.annotations[kTransactions] =
        fmt::format("{}-{}", before.next_transaction, after.next_transaction);
    for (const auto& [table, count] : after.rows) {
        const auto was = before.rows.find(table);
        if (was == before.rows.end()) continue;
        record.counts[table] = count;
        if (was->second != count) record.counts[table + std::string(kBefore)] = was->second;
    }
}

std::vector<std::string> differences(const BackupRecord& record, const PgContents& found) {
    std::vector<std::string> all;
    const auto transactions = transactions_of(record);
    if (!transactions) return all;
    const auto [first, last] = *transactions;
    if (found.next_transaction < first) {
        all.push_back(
            fmt::format("it is older than its record says: its next transaction is {}, and {} was "
                        "when the backup began",
                        found.next_transaction, first));
    }
    if (found.next_transaction > last + kOpenOnes) {
        all.push_back(
            fmt::format("it is newer than its record says: its next transaction is {}, and {} was "
                        "when the backup had ended",
                        found.next_transaction, last));
    }
    for (const auto& [table, after] : record.counts) {
        if (table.ends_with(kBefore)) continue;
        const auto was = record.counts.find(table + std::string(kBefore));
        const std::uint64_t before = was == record.counts.end() ? after : was->second;
        const Span counted{std::min(before, after), std::max(before, after)};
        const std::uint64_t slack = first == last ? 0 : counted.second / 100 + 10;
        const auto now = found.rows.find(table);
        if (now == found.rows.end()) {
            all.push_back(fmt::format("the table {} is not there", table));
        } else if (now->second + slack < counted.first || now->second > counted.second + slack) {
            all.push_back(fmt::format("{} has {} rows, and {} were backed up", table, now->second,
                                      rows_word(counted)));
        }
    }
    return all;
}

}  // namespace syncwatch::recovery
