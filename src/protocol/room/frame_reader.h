#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "protocol/room/decode.h"

namespace syncwatch::room_protocol {

/// Takes the fields out of a parsed frame and keeps the first complaint. Read everything, then
/// look at complaint(): until then what was read may be a stand-in.
class FrameReader {
public:
    explicit FrameReader(const boost::json::object& frame, std::string path = {})
        : frame_(frame), path_(std::move(path)) {}

    /// Null counts as absent.
    bool has(std::string_view name) const { return find(name) != nullptr; }
    bool is_text(std::string_view name) const;
    std::string text(std::string_view name);
    bool flag(std::string_view name);
    double number(std::string_view name);
    std::optional<double> optional_number(std::string_view name);
    /// A position or an amount: not negative.
    std::optional<double> optional_amount(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name);
    std::int64_t integer(std::string_view name);
    /// Null counts as absent.
    std::optional<std::string> optional_text(std::string_view name);
    /// The value as JSON text. A missing one is a complaint.
    std::string raw(std::string_view name);
    const boost::json::object* object(std::string_view name);
    const boost::json::object* optional_object(std::string_view name);

    /// A nil id for what is no UUID: it names nothing.
    template <class IdType>
    IdType id(std::string_view name) {
        return IdType::parse(text(name)).value_or(IdType());
    }
    template <class IdType>
    std::optional<IdType> optional_id(std::string_view name) {
        const auto word = optional_text(name);
        if (!word) return std::nullopt;
        return IdType::parse(*word).value_or(IdType());
    }

    void refuse(BadFrame::Kind kind, std::string_view name, std::string_view what);
    /// Takes over what another reader complained of.
    void absorb(const FrameReader& other);
    const std::optional<BadFrame>& complaint() const { return complaint_; }

private:
    const boost::json::value* find(std::string_view name) const;
    const boost::json::value* required(std::string_view name, std::string_view what);

    const boost::json::object& frame_;
    const std::string path_;
    std::optional<BadFrame> complaint_;
};

}  // namespace syncwatch::room_protocol
