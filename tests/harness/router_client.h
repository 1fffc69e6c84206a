#pragma once
#include <cstring>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/async/run_to_end.h"
#include "gateway/http/router.h"

namespace syncwatch {

/// Calls a router's handlers as a connection would, without a socket.
class RouterClient {
public:
    struct Answer {
        int status = 0;
        http::Fields fields;
        std::string text;
        boost::json::value json;  ///< The body, where it is JSON.

        const boost::json::value& at(std::string_view name) const {
            return json.as_object().at(name);
        }
        std::string code() const { return std::string(at("code").as_string()); }
        std::string field(std::string_view name) const {
            return std::string(fields.find(name).value_or(""));
        }
    };

    explicit RouterClient(const http::Router& router) : router_(router) {}

    /// Sent with every call from now on.
    RouterClient& with(std::string name, std::string value) {
        always_.set(std::move(name), std::move(value));
        return *this;
    }
    /// As somebody, by token. Empty: as nobody.
    RouterClient& as(const std::string& token) {
        return with("Authorization", token.empty() ? "" : "Bearer " + token);
    }
    RouterClient& from(std::string address) {
        address_ = std::move(address);
        return *this;
    }

    Answer get(std::string target) { return call(http::Method::Get, std::move(target), {}); }
    Answer post(std::string target, const boost::json::value& body) {
        return call(http::Method::Post, std::move(target), boost::json::serialize(body));
    }
    Answer patch(std::string target, const boost::json::value& body) {
        return call(http::Method::Patch, std::move(target), boost::json::serialize(body));
    }
    Answer remove(std::string target) { return call(http::Method::Delete, std::move(target), {}); }

    Answer call(http::Method method, std::string target, std::string body) {
        Body reader(std::move(body));
        http::Request request;
        request.method = method;
        const std::size_t mark = target.find('?');
        request.path = target.substr(0, mark);
        if (mark != std::string::npos) request.query = target.substr(mark + 1);
        request.fields = always_;
        request.remote_address = address_;
        request.request_id = "test-request";
        request.body = &reader;
        auto found = router_.find(method, request.path);
        Answer answer;
        if (auto* hit = std::get_if<http::Router::Found>(&found)) {
            request.parameters = std::move(hit->parameters);
            take(answer, run_to_end(hit->route->handler(request)));
        } else if (router_.fallback() != nullptr && std::get_if<http::Router::NoSuchPath>(&found)) {
            take(answer, run_to_end(router_.fallback()->handler(request)));
        } else {
            answer.status = std::get_if<http::Router::WrongMethod>(&found) ? 405 : 404;
        }
        return answer;
    }

private:
    class Body final : public http::BodyReader {
    public:
        explicit Body(std::string text) : text_(std::move(text)) {}
        std::optional<std::uint64_t> announced() const override { return text_.size(); }
        Async<std::size_t> read_some(std::span<char> buffer) override {
            const std::size_t count = std::min(buffer.size(), text_.size() - read_);
            std::memcpy(buffer.data(), text_.data() + read_, count);
            read_ += count;
            co_return count;
        }
        Async<std::string> read_all(std::size_t limit) override {
            if (text_.size() > limit) co_return fail(ErrorCode::TooLarge, "the body is too large");
            read_ = text_.size();
            co_return text_;
        }

    private:
        std::string text_;
        std::size_t read_ = 0;
    };

    static void take(Answer& answer, http::Response response) {
        answer.status = response.status;
        answer.fields = std::move(response.fields);
        if (auto* text = std::get_if<std::string>(&response.body)) answer.text = std::move(*text);
        if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
            answer.text = **shared;
        }
        if (auto* bytes = std::get_if<http::StaticBytes>(&response.body)) {
            answer.text = bytes->bytes;
        }
        const std::string type = answer.field("Content-Type");
        if (type.find("json") != std::string::npos) answer.json = boost::json::parse(answer.text);
    }

    const http::Router& router_;
    http::Fields always_;
    std::string address_ = "192.0.2.1";
};

}  // namespace syncwatch
