#pragma once
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace syncwatch::redis {

/// Has a connection's handshake check that the server is `host`, and asks for it by that name.
/// After a refusal `why` says which certificate, and for what.
void expect_host(boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>& stream,
                 const std::string& host, std::shared_ptr<std::string> why);

}  // namespace syncwatch::redis
