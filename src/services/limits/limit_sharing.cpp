#include "services/limits/limit_sharing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

namespace json = boost::json;

/// More than any limit: beyond it a count says nothing more.
constexpr int kMaxCount = 1'000'000;

std::string new_name(Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

struct Told {
    std::string limit;
    std::string key;
    int count = 0;
};

/// One of `lines`: [limit, key, count]. nullopt: damaged.
std::optional<Told> told_by(const json::value& line) {
    const json::array* parts = line.if_array();
    if (parts == nullptr || parts->size() != 3) return std::nullopt;
    const json::string* limit = parts->at(0).if_string();
    const json::string* key = parts->at(1).if_string();
    const std::int64_t* count = parts->at(2).if_int64();
    if (limit == nullptr || key == nullptr || count == nullptr || *count < 0) return std::nullopt;
    const auto most = std::min<std::int64_t>(*count, kMaxCount);
    return Told{std::string(*limit), std::string(*key), static_cast<int>(most)};
}

}  // namespace

LimitSharing::LimitSharing(Clock& clock, Random& random, Bus& bus, Options options)
    : clock_(clock), bus_(bus), options_(options), self_(new_name(random)) {}

void LimitSharing::serve(const std::string& limit, Heard heard) {
    limits_.insert_or_assign(limit, std::move(heard));
}

std::unique_ptr<Bus::Subscription> LimitSharing::listen(net::any_io_executor executor) {
    auto handle = [this](const std::string& payload) { heard(payload); };
    return bus_.subscribe(topics::kLimits, std::move(executor), std::move(handle));
}

void LimitSharing::note(const std::string& limit, const std::string& key, int count) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find({limit, key});
    if (found != counts_.end()) {
        found->second = std::min(found->second + count, kMaxCount);
    } else if (counts_.size() < options_.max_keys) {
        counts_.emplace(Line(limit, key), count);
    }
}

void LimitSharing::forgive(const std::string& limit, const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() < options_.max_keys || counts_.contains({limit, key})) {
        counts_.insert_or_assign({limit, key}, 0);
    }
}

void LimitSharing::tell() {
    std::map<Line, int> counts;
    {
        const std::lock_guard lock(mutex_);
        counts.swap(counts_);
    }
    if (counts.empty()) return;
    json::array lines;
    for (const auto& [line, count] : counts) {
        lines.push_back(json::array{line.first, line.second, count});
    }
    bus_.publish(topics::kLimits,
                 json::serialize(json::object{{"from", self_}, {"lines", std::move(lines)}}));
}

net::awaitable<void> LimitSharing::run() {
    for (;;) {
        co_await clock_.sleep_until(clock_.now() + options_.every);
        tell();
    }
}

void LimitSharing::heard(std::string_view payload) const {
    boost::system::error_code damaged;
    const json::value message = json::parse(payload, damaged);
    const json::object* said = damaged ? nullptr : message.if_object();
    if (said == nullptr) return;
    const json::value* from = said->if_contains("from");
    const json::value* lines = said->if_contains("lines");
    if (from == nullptr || lines == nullptr || !lines->is_array()) return;
    if (from->is_string() && from->get_string() == self_) return;
    for (const json::value& line : lines->get_array()) {
        const auto told = told_by(line);
        if (!told) continue;
        const auto limit = limits_.find(told->limit);
        // Nodes of another version may have limits of their own.
        if (limit != limits_.end()) limit->second(told->key, told->count);
    }
}

}  // namespace syncwatch
