#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "harness/client_stream.h"

namespace syncwatch::harness {

struct HttpAnswer {
    int status = 0;  ///< 0: the server closed or did not answer.
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    /// The first value of a field, without regard to case; empty: none.
    std::string field(std::string_view name) const;
    /// The body, which must be JSON.
    boost::json::value json() const;
    std::string text_at(std::string_view name) const;
};

/// A small HTTP/1.1 client that keeps its connection. Sends Host, and what with() added.
class HttpClient {
public:
    explicit HttpClient(ClientStream::Options options) : options_(std::move(options)) {}
    explicit HttpClient(std::uint16_t port) { options_.port = port; }

    HttpClient& with(std::string name, std::string value);
    /// As somebody, by bearer token.
    HttpClient& as(const std::string& token) { return with("Authorization", "Bearer " + token); }
    HttpClient& as_guest(const std::string& name) { return as(guest(name)); }
    const ClientStream::Options& to() const { return options_; }

    HttpAnswer get(std::string_view target) { return request("GET", target, {}); }
    HttpAnswer post(std::string_view target, const boost::json::value& body);
    HttpAnswer patch(std::string_view target, const boost::json::value& body);
    HttpAnswer remove(std::string_view target) { return request("DELETE", target, {}); }
    HttpAnswer request(std::string_view method, std::string_view target, std::string_view body,
                       std::vector<std::pair<std::string, std::string>> fields = {});

    /// Signs a guest in and gives their token.
    std::string guest(const std::string& name);
    /// Registers an account and gives its token.
    std::string account(const std::string& username, const std::string& password = "correct horse");

private:
    bool send_and_receive(const std::string& bytes, bool head, HttpAnswer& answer);

    ClientStream::Options options_;
    std::unique_ptr<ClientStream> stream_;
    std::vector<std::pair<std::string, std::string>> always_;
};

}  // namespace syncwatch::harness
