#include "harness/http_client.h"

#include <algorithm>
#include <stdexcept>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace syncwatch::harness {
namespace {

namespace json = boost::json;

void parse_head(std::string_view head, HttpAnswer& answer) {
    answer.status = std::stoi(std::string(head.substr(9, 3)));
    std::size_t at = head.find("\r\n");
    while (at != std::string_view::npos && at + 2 < head.size()) {
        const std::size_t end = std::min(head.find("\r\n", at + 2), head.size());
        const std::string_view line = head.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos) {
            answer.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        }
        at = head.find("\r\n", at + 2);
    }
}

}  // namespace

std::string HttpAnswer::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (boost::iequals(key, name)) return value;
    }
    return {};
}

json::value HttpAnswer::json() const {
    return json::parse(body);
}

std::string HttpAnswer::text_at(std::string_view name) const {
    return std::string(json().as_object().at(name).as_string());
}

HttpClient& HttpClient::with(std::string name, std::string value) {
    std::erase_if(always_, [&](const auto& each) { return boost::iequals(each.first, name); });
    always_.emplace_back(std::move(name), std::move(value));
    return *this;
}

HttpAnswer HttpClient::post(std::string_view target, const json::value& body) {
    return request("POST", target, json::serialize(body));
}

HttpAnswer HttpClient::patch(std::string_view target, const json::value& body) {
    return request("PATCH", target, json::serialize(body));
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target,
                               std::string_view body,
                               std::vector<std::pair<std::string, std::string>> fields) {
    std::string bytes;
    bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
    const auto add = [&bytes](const auto& list) {
        for (const auto& [name, value] : list) bytes += name + ": " + value + "\r\n";
    };
    const bool has_host = std::any_of(fields.begin(), fields.end(), [](const auto& each) {
        return boost::iequals(each.first, "Host");
    });
    if (!has_host) bytes += "Host: localhost:" + std::to_string(options_.port) + "\r\n";
    add(always_);
    add(fields);
    if (!body.empty() || method != "GET") {
        bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    bytes.append("\r\n").append(body);
    const bool fresh = stream_ == nullptr;
    HttpAnswer answer;
    // A kept connection may have been closed while nobody looked: once more on a new one.
    if (!send_and_receive(bytes, method == "HEAD", answer) && !fresh) {
        send_and_receive(bytes, method == "HEAD", answer);
    }
    return answer;
}

bool HttpClient::send_and_receive(const std::string& bytes, bool head, HttpAnswer& answer) {
    if (!stream_) stream_ = std::make_unique<ClientStream>(options_);
    std::string received;
    std::size_t end = std::string::npos;
    (void)stream_->write(bytes);
    while ((end = received.find("\r\n\r\n")) == std::string::npos) {
        const std::string piece = stream_->read();
        if (piece.empty()) {
            stream_.reset();
            return false;
        }
        received += piece;
    }
    answer = {};
    parse_head(std::string_view(received).substr(0, end), answer);
    answer.body = received.substr(end + 4);
    const std::string length = answer.field("Content-Length");
    const std::size_t size = head || length.empty() ? 0 : std::stoull(length);
    while (answer.body.size() < size) {
        const std::string piece = stream_->read();
        if (piece.empty()) break;
        answer.body += piece;
    }
    if (answer.field("Connection") == "close" || answer.body.size() < size) stream_.reset();
    return true;
}

std::string HttpClient::guest(const std::string& name) {
    const auto made = post("/api/v1/auth/guest", {{"display_name", name}});
    if (made.status != 201) throw std::runtime_error("no guest: " + made.body);
    return made.text_at("token");
}

std::string HttpClient::account(const std::string& username, const std::string& password) {
    const auto made =
        post("/api/v1/auth/register", {{"username", username}, {"password", password}});
    if (made.status != 201) throw std::runtime_error("no account: " + made.body);
    return made.text_at("token");
}

}  // namespace syncwatch::harness
