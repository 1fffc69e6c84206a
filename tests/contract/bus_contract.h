#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/log/log.h"
#include "ports/bus.h"

namespace syncwatch {

/// What every Bus keeps. `Made` makes one: a default-constructible type with
/// `Bus& publisher()` and `Bus& receiver()` (two nodes' ends; the same object where there is one
/// process). INSTANTIATE_TYPED_TEST_SUITE_P(Memory, BusContract, MadeMemoryBus);
template <class Made>
class BusContract : public testing::Test {
protected:
    using Payloads = std::vector<std::string>;

    Bus::Handler into(Payloads& payloads) {
        return [&payloads](const std::string& payload) { payloads.push_back(payload); };
    }

    /// Runs the receivers' loop until `enough`, for at most two seconds.
    void run_until(const std::function<bool()>& enough) {
        using namespace std::chrono_literals;
        const auto end = std::chrono::steady_clock::now() + 2s;
        while (!enough() && std::chrono::steady_clock::now() < end) {
            context_.restart();
            context_.run_for(5ms);
        }
    }
    /// Long enough for what should not come to show itself.
    void settle() {
        context_.restart();
        context_.run_for(std::chrono::milliseconds(20));
    }

    Made made_;
    boost::asio::io_context context_{1};
    // Without it a loop that has nothing to do yet would not wait for what is on its way.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_ =
        boost::asio::make_work_guard(context_);
};

TYPED_TEST_SUITE_P(BusContract);

TYPED_TEST_P(BusContract, EverySubscriberOfTheTopicHearsTheMessage) {
    typename TestFixture::Payloads first;
    typename TestFixture::Payloads second;
    typename TestFixture::Payloads other;
    Bus& bus = this->made_.receiver();
    const auto executor = this->context_.get_executor();
    const auto a = bus.subscribe("room/A", executor, this->into(first));
    const auto b = bus.subscribe("room/A", executor, this->into(second));
    const auto c = bus.subscribe("room/B", executor, this->into(other));
    this->settle();
    this->made_.publisher().publish("room/A", "x");
    this->run_until([&] { return first.size() + second.size() == 2; });
    this->settle();
    EXPECT_EQ(first, std::vector<std::string>{"x"});
    EXPECT_EQ(second, std::vector<std::string>{"x"});
    EXPECT_TRUE(other.empty());
}

TYPED_TEST_P(BusContract, MessagesOfOnePublisherKeepTheirOrder) {
    typename TestFixture::Payloads heard;
    const auto ticket =
        this->made_.receiver().subscribe("t", this->context_.get_executor(), this->into(heard));
    this->settle();
    typename TestFixture::Payloads sent;
    for (int i = 0; i < 500; ++i) {
        sent.push_back(std::to_string(i));
        this->made_.publisher().publish("t", sent.back());
    }
    this->run_until([&] { return heard.size() == sent.size(); });
    EXPECT_EQ(heard, sent);
}

TYPED_TEST_P(BusContract, APayloadIsAnyBytes) {
    typename TestFixture::Payloads heard;
    const auto ticket =
        this->made_.receiver().subscribe("t", this->context_.get_executor(), this->into(heard));
    this->settle();
    const std::string bytes("\0\r\n\xff'\"", 6);
    this->made_.publisher().publish("t", bytes);
    this->made_.publisher().publish("t", "");
    this->run_until([&] { return heard.size() == 2; });
    EXPECT_EQ(heard, (std::vector<std::string>{bytes, ""}));
}

TYPED_TEST_P(BusContract, AnEndedSubscriptionHearsNothingMoreNotEvenWhatWasUnderWay) {
    typename TestFixture::Payloads heard;
    auto ticket =
        this->made_.receiver().subscribe("t", this->context_.get_executor(), this->into(heard));
    this->settle();
    this->made_.publisher().publish("t", "on its way");
    ticket.reset();
    this->made_.publisher().publish("t", "too late");
    this->settle();
    EXPECT_TRUE(heard.empty());
}

TYPED_TEST_P(BusContract, AHandlerMayEndItsOwnSubscriptionAndPublish) {
    std::unique_ptr<Bus::Subscription> ticket;
    int heard = 0;
    auto once = [&](const std::string&) {
        ++heard;
        this->made_.publisher().publish("t", "again");
        ticket.reset();
    };
    ticket = this->made_.receiver().subscribe("t", this->context_.get_executor(), std::move(once));
    this->settle();
    this->made_.publisher().publish("t", "x");
    this->run_until([&] { return heard > 0; });
    this->settle();
    EXPECT_EQ(heard, 1);
}

TYPED_TEST_P(BusContract, AHandlerIsCalledInTheNameOfTheRequestThatLedToIt) {
    typename TestFixture::Payloads named;
    auto note = [&named](const std::string&) { named.emplace_back(log::current_request()); };
    const auto ticket =
        this->made_.receiver().subscribe("room/A", this->context_.get_executor(), std::move(note));
    {
        const log::Context context("trace-span");
        this->made_.publisher().publish("room/A", "in its name");
    }
    this->made_.publisher().publish("room/A", "in nobody's");
    this->run_until([&] { return named.size() == 2; });
    EXPECT_EQ(named, (typename TestFixture::Payloads{"trace-span", ""}));
}

TYPED_TEST_P(BusContract, PublishingToNobodyIsNothing) {
    this->made_.publisher().publish("nobody", "x");
    this->settle();
    typename TestFixture::Payloads heard;
    const auto ticket = this->made_.receiver().subscribe("nobody", this->context_.get_executor(),
                                                         this->into(heard));
    this->settle();
    EXPECT_TRUE(heard.empty()) << "what was said before the subscription is gone";
}

TYPED_TEST_P(BusContract, WhereNothingIsLostThereIsNoGap) {
    typename TestFixture::Payloads heard;
    const auto executor = this->context_.get_executor();
    Bus& bus = this->made_.receiver();
    const auto ticket = bus.subscribe("t", executor, this->into(heard));
    int gaps = 0;
    auto count = [&gaps] { ++gaps; };
    const auto gap = bus.on_gap(executor, std::move(count));
    this->settle();
    gaps = 0;  // Nodes that meet do not know what was said before.
    for (int i = 0; i < 100; ++i) this->made_.publisher().publish("t", "x");
    this->run_until([&] { return heard.size() == 100; });
    EXPECT_EQ(heard.size(), 100u);
    EXPECT_EQ(gaps, 0);
}

REGISTER_TYPED_TEST_SUITE_P(BusContract, EverySubscriberOfTheTopicHearsTheMessage,
                            MessagesOfOnePublisherKeepTheirOrder, APayloadIsAnyBytes,
                            AnEndedSubscriptionHearsNothingMoreNotEvenWhatWasUnderWay,
                            AHandlerMayEndItsOwnSubscriptionAndPublish,
                            AHandlerIsCalledInTheNameOfTheRequestThatLedToIt,
                            PublishingToNobodyIsNothing, WhereNothingIsLostThereIsNoGap);

}  // namespace syncwatch
