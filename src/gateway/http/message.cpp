#include "gateway/http/message.h"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>

#include "gateway/http/percent.h"

namespace syncwatch::http {

std::string_view name(Method method) {
    switch (method) {
        case Method::Get: return "GET";
        case Method::Head: return "HEAD";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Patch: return "PATCH";
        case Method::Delete: return "DELETE";
        case Method::Options: return "OPTIONS";
        case Method::Other: break;
    }
    return "OTHER";
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (boost::iequals(key, name)) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Fields::find_last(std::string_view name) const {
    std::optional<std::string_view> last;
    for (const auto& [key, value] : fields_) {
        if (boost::iequals(key, name)) last = value;
    }
    return last;
}

void Fields::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Fields::set(std::string name, std::string value) {
    std::erase_if(fields_, [&](const auto& field) { return boost::iequals(field.first, name); });
    add(std::move(name), std::move(value));
}

std::string_view Request::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (decode_percent(pair.substr(0, equals), Plus::IsSpace) != name) continue;
        if (equals == std::string_view::npos) return std::string();
        return decode_percent(pair.substr(equals + 1), Plus::IsSpace);
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
    for (const auto& [key, value] : fields.all()) {
        if (!boost::iequals(key, "cookie")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            std::string_view pair = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
            while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
            const std::size_t equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
                return pair.substr(equals + 1);
            }
        }
    }
    return std::nullopt;
}

}  // namespace syncwatch::http
