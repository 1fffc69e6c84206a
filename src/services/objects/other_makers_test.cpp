#include "services/objects/other_makers.h"

#include <future>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/memory_bus.h"
#include "harness/two_stores_world.h"
#include "services/objects/wanted_objects.h"

namespace syncwatch {
namespace {

constexpr const char* kMissed = "videos/x/1/v720/000001.m4s";

/// A process that makes nothing, and two that do, over one ledger and one bus.
class OtherMakersTest : public testing::Test, protected TwoStoresWorld {
protected:
    OtherMakersTest() {
        mender->set_maker(&maker_);
        healing->set_maker(&others_);
        others_.start();
        in_context([this] { wanted_.start(); });
        in_context([this] { also_wanted_.start(); });
    }
    ~OtherMakersTest() override {
        net::co_spawn(context_, wanted_.end(), net::use_future).wait();
        net::co_spawn(context_, also_wanted_.end(), net::use_future).wait();
        net::co_spawn(context_, others_.end(), net::use_future).wait();
        work_.reset();
        thread_.join();
    }
    template <class Task>
    void in_context(Task task) {
        std::promise<void> done;
        net::post(context_, [&] {
            task();
            done.set_value();
        });
        done.get_future().wait();
    }

    MemoryBus bus_;
    SaidMaker maker_{*this};
    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> work_{context_.get_executor()};
    std::thread thread_{[this] { context_.run(); }};
    OtherMakers others_{replicas, bus_, clock, context_.get_executor()};
    WantedObjects wanted_{*mender, replicas, bus_, clock, context_.get_executor()};
    WantedObjects also_wanted_{*mender, replicas, bus_, clock, context_.get_executor()};
};

TEST_F(OtherMakersTest, WhatThisProcessMissesOneOfTheOthersMakesWhileItsReaderWaits) {
    copied(kMissed, "as it was");
    std::filesystem::remove(in_first(kMissed));
    flip(in_second(kMissed));
    maker_.bytes = "as it was made";
    EXPECT_EQ(served(kMissed), "as it was made");
    EXPECT_EQ(maker_.asked, 1) << "one of the two";
    EXPECT_EQ(line(kMissed).fault, ObjectFault::None);
}

TEST_F(OtherMakersTest, WhatNobodyCanMakeIsLost) {
    copied(kMissed, "as it was");
    flip(in_first(kMissed));
    flip(in_second(kMissed));
    EXPECT_EQ(served(kMissed), std::string("no: ") + kMissed + " is being repaired");
    EXPECT_EQ(line(kMissed).fault, ObjectFault::Lost);
    EXPECT_EQ(served(kMissed), std::string("no: ") + kMissed + " is damaged");
    EXPECT_EQ(maker_.asked, 1);
}

}  // namespace
}  // namespace syncwatch
