#include "services/nodes/node_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.h"
#include "base/log/log.h"
#include "ports/topics.h"

namespace syncwatch {
namespace {

namespace json = boost::json;

/// So many silences of another node and it is gone.
constexpr int kMissed = 5;

std::string new_life(Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

}  // namespace

NodeNames::NodeNames(Clock& clock, Random& random, Bus& bus, Options options)
    : clock_(clock), bus_(bus), options_(std::move(options)), life_(new_life(random)) {}

std::unique_ptr<Bus::Subscription> NodeNames::listen(net::any_io_executor executor) {
    auto handle = [this](const std::string& payload) { heard(payload); };
    return bus_.subscribe(topics::kNodes, std::move(executor), std::move(handle));
}

void NodeNames::say() {
    bus_.publish(topics::kNodes,
                 json::serialize(json::object{{"name", options_.name}, {"life", life_}}));
}

net::awaitable<void> NodeNames::run() {
    for (;;) {
        say();
        co_await clock_.sleep_until(clock_.now() + options_.every);
    }
}

void NodeNames::heard(std::string_view payload) {
    boost::system::error_code damaged;
    const json::value message = json::parse(payload, damaged);
    const json::object* said = damaged ? nullptr : message.if_object();
    const json::value* name = said == nullptr ? nullptr : said->if_contains("name");
    const json::value* life = said == nullptr ? nullptr : said->if_contains("life");
    if (name == nullptr || life == nullptr || !name->is_string() || !life->is_string()) return;
    if (name->get_string() != options_.name || life->get_string() == life_) return;
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    std::erase_if(others_, [&](const auto& each) {
        return now - each.second.last > kMissed * options_.every;
    });
    const auto found = others_.try_emplace(std::string(life->get_string()), Other{now, now}).first;
    Other& other = found->second;
    other.last = now;
    if (other.told || !is_there(other, now)) return;
    other.told = true;
    log::warning("node.name_shared", {{"name", options_.name}, {"other", found->first}});
}

bool NodeNames::is_there(const Other& other, Instant now) const {
    return other.last - other.first >= options_.every / 2 &&
           now - other.last <= kMissed * options_.every;
}

bool NodeNames::shared() const {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(others_,
                               [&](const auto& each) { return is_there(each.second, now); });
}

}  // namespace syncwatch
