#include "adapters/turn/stun_probe.h"

#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include "base/async/run_to_end.h"

namespace syncwatch {
namespace {

namespace ip = boost::asio::ip;

class StunProbeTest : public testing::Test {
protected:
    /// A server that answers one datagram with what `answer` makes of it.
    std::string serve(std::function<std::string(std::string)> answer) {
        thread_ = std::thread([this, answer = std::move(answer)] {
            std::string datagram(512, '\0');
            ip::udp::endpoint from;
            const std::size_t got = socket_.receive_from(boost::asio::buffer(datagram), from);
            datagram.resize(got);
            const std::string back = answer(datagram);
            if (!back.empty()) socket_.send_to(boost::asio::buffer(back), from);
        });
        return "turn:127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
    }
    ~StunProbeTest() override {
        if (thread_.joinable()) thread_.join();
    }

    boost::asio::io_context context_;
    ip::udp::socket socket_{context_, {ip::address_v4::loopback(), 0}};
    std::thread thread_;
};

TEST_F(StunProbeTest, AServerThatAnswersIsThere) {
    const auto url = serve([](std::string request) {
        request[0] = 1;
        request[1] = 1;
        return request;
    });
    EXPECT_TRUE(run_to_end(probe_ice_server(url)));
}

TEST_F(StunProbeTest, OneThatIsSilentOrSpeaksSomethingElseIsNot) {
    const auto url = serve([](std::string) { return std::string("HTTP/1.1 400 Bad Request"); });
    const auto other = run_to_end(probe_ice_server(url + "?transport=udp"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().component, "turn");
    EXPECT_FALSE(run_to_end(probe_ice_server("stun:127.0.0.1:9")));
    EXPECT_FALSE(run_to_end(probe_ice_server("turn")));
    EXPECT_FALSE(run_to_end(probe_ice_server("turn:no-such-host.invalid")));
}

TEST_F(StunProbeTest, OverTcpAConnectionIsEnough) {
    ip::tcp::acceptor acceptor(context_, {ip::address_v4::loopback(), 0});
    const std::string port = std::to_string(acceptor.local_endpoint().port());
    EXPECT_TRUE(run_to_end(probe_ice_server("turn:127.0.0.1:" + port + "?transport=tcp")));
    EXPECT_TRUE(run_to_end(probe_ice_server("turns:127.0.0.1:" + port)));
    acceptor.close();
    EXPECT_FALSE(run_to_end(probe_ice_server("turns:127.0.0.1:" + port)));
}

}  // namespace
}  // namespace syncwatch
