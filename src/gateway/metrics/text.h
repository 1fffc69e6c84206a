#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace syncwatch::metrics {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

/// Writes values in the text format of Prometheus (0.0.4). The values live where they are counted,
/// as plain atomics: a registry would only keep copies of them, and its histograms a lock each.
/// Samples of one name must follow one another.
class Text {
public:
    /// A number that only grows; the name ends in "_total".
    void counter(std::string_view name, std::string_view help, double value, Labels labels = {});
    /// A number that goes up and down.
    void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
    /// `counts`: as many as `bounds`, and one for what is beyond.
    void histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                   std::span<const std::uint64_t> counts, double sum, Labels labels = {});

    const std::string& text() const { return text_; }

private:
    void begin(std::string_view name, std::string_view help, std::string_view type);
    void sample(std::string_view name, std::string_view suffix, double value, Labels labels,
                std::string_view bound = {});

    std::string text_;
    std::string current_;  ///< The name whose head was written last.
};

}  // namespace syncwatch::metrics
