#include "protocol/room/frame_reader.h"

#include <cmath>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"

namespace syncwatch::room_protocol {
namespace {

namespace json = boost::json;
using Kind = BadFrame::Kind;

std::optional<double> finite_number(const json::value& value) {
    if (!value.is_number()) return std::nullopt;
    const double number = value.to_number<double>();
    if (!std::isfinite(number)) return std::nullopt;
    return number;
}

}  // namespace

const json::value* FrameReader::find(std::string_view name) const {
    const json::value* value = frame_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value* FrameReader::required(std::string_view name, std::string_view what) {
    const json::value* value = find(name);
    if (value == nullptr) refuse(Kind::Malformed, name, what);
    return value;
}

bool FrameReader::is_text(std::string_view name) const {
    const json::value* value = find(name);
    return value != nullptr && value->is_string();
}

std::string FrameReader::text(std::string_view name) {
    if (required(name, "must be a string") == nullptr) return {};
    return optional_text(name).value_or(std::string());
}

std::optional<std::string> FrameReader::optional_text(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    const json::string* word = value->if_string();
    if (word == nullptr) {
        refuse(Kind::Malformed, name, "must be a string");
        return std::nullopt;
    }
    return std::string(word->data(), word->size());
}

bool FrameReader::flag(std::string_view name) {
    const json::value* value = required(name, "must be true or false");
    if (value == nullptr) return false;
    if (const bool* read = value->if_bool()) return *read;
    refuse(Kind::Malformed, name, "must be true or false");
    return false;
}

double FrameReader::number(std::string_view name) {
    if (required(name, "must be a number") == nullptr) return 0;
    return optional_number(name).value_or(0);
}

std::optional<double> FrameReader::optional_number(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto read = finite_number(*value);
    if (!read) refuse(Kind::Malformed, name, "must be a number");
    return read;
}

std::optional<double> FrameReader::optional_amount(std::string_view name) {
    const auto read = optional_number(name);
    if (read && *read < 0) {
        refuse(Kind::Invalid, name, "must not be negative");
        return std::nullopt;
    }
    return read;
}

std::int64_t FrameReader::integer(std::string_view name) {
    if (required(name, "must be a whole number") == nullptr) return 0;
    return optional_integer(name).value_or(0);
}

std::optional<std::int64_t> FrameReader::optional_integer(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* whole = value->if_int64()) return *whole;
    const auto read = finite_number(*value);
    if (read && std::trunc(*read) == *read && std::abs(*read) <= kExactIntegers) {
        return static_cast<std::int64_t>(*read);
    }
    refuse(Kind::Malformed, name, "must be a whole number");
    return std::nullopt;
}

std::string FrameReader::raw(std::string_view name) {
    const json::value* value = frame_.if_contains(name);
    if (value == nullptr) {
        refuse(Kind::Malformed, name, "is missing");
        return "null";
    }
    return json::serialize(*value);
}

const json::object* FrameReader::object(std::string_view name) {
    if (required(name, "must be an object") == nullptr) return nullptr;
    return optional_object(name);
}

const json::object* FrameReader::optional_object(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return nullptr;
    const json::object* read = value->if_object();
    if (read == nullptr) refuse(Kind::Malformed, name, "must be an object");
    return read;
}

void FrameReader::refuse(Kind kind, std::string_view name, std::string_view what) {
    if (complaint_) return;
    BadFrame complaint;
    complaint.kind = kind;
    complaint.why.append(path_).append(name).append(" ").append(what);
    complaint_ = std::move(complaint);
}

void FrameReader::absorb(const FrameReader& other) {
    if (!complaint_) complaint_ = other.complaint_;
}

}  // namespace syncwatch::room_protocol
