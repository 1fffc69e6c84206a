#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "base/uuid.h"

namespace syncwatch::sql {

/// One row of a query, valid while it is looked at. Columns count from 0. What is null reads as
/// zero, false or empty.
class Row {
public:
    virtual ~Row() = default;

    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual double real(int column) const = 0;
    virtual bool boolean(int column) const = 0;
    virtual std::string text(int column) const = 0;
    virtual std::string blob(int column) const = 0;

    WallTime time(int column) const { return from_micros(integer(column)); }
    /// A nil id when the column is null or is no UUID.
    template <class IdType>
    IdType id(int column) const {
        return IdType::parse(text(column)).value_or(IdType{});
    }
    template <class IdType>
    std::optional<IdType> optional_id(int column) const {
        if (is_null(column)) return std::nullopt;
        return id<IdType>(column);
    }
    std::optional<std::string> optional_text(int column) const {
        if (is_null(column)) return std::nullopt;
        return text(column);
    }
    std::optional<double> optional_real(int column) const {
        if (is_null(column)) return std::nullopt;
        return real(column);
    }
    std::optional<WallTime> optional_time(int column) const {
        if (is_null(column)) return std::nullopt;
        return time(column);
    }
};

}  // namespace syncwatch::sql
