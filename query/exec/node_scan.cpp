#include "exec/column_filter.hpp"
#include "exec/operators.hpp"

#include <algorithm>

namespace mainstay::exec {
namespace {

class NodeScan final : public RowExpander {
public:
    NodeScan(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : RowExpander(node, context, std::move(child), {std::get<plan::NodeScan>(node.op).node}),
          scan_(std::get<plan::NodeScan>(node.op)),
          view_(context.view(scan_.time)),
          filter_(scan_.conditions, scan_.node, context, view_) {}

protected:
    void start_row(const Batch& in, std::uint32_t row) override {
        segment_ = filter_.start(Row{in, row}) ? 0 : view_.node_segments();
        found_.clear();
        position_ = 0;
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        while (position_ >= found_.size()) {
            found_.clear();
            position_ = 0;
            if (segment_ >= view_.node_segments()) {
                done = true;
                return 0;
            }
            read_segment(segment_);
            filter_.filter(segment_++, found_);
        }
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(room, found_.size() - position_));
        out[scan_.node].push_nodes(&view_, count, [this](std::size_t i) { return found_[position_ + i]; });
        position_ += count;
        return count;
    }

private:
    void read_segment(std::uint32_t segment) {
        const auto shapes = view_.shapes_in(segment);
        if (shapes.empty()) return;
        context_.work(256);
        if (!scan_.labels) return view_.scan_nodes(segment, {}, found_);
        LabelMatcher& matcher = context_.labels(*scan_.labels);
        wanted_.clear();
        for (ShapeId shape : shapes)
            if (matcher.matches(shape)) wanted_.push_back(shape);
        std::sort(wanted_.begin(), wanted_.end());
        if (!wanted_.empty()) view_.scan_nodes(segment, wanted_, found_);
    }

    const plan::NodeScan& scan_;
    const View& view_;
    ColumnFilter filter_;
    std::uint32_t segment_ = 0;
    std::vector<NodeId> found_;
    std::size_t position_ = 0;
    std::vector<ShapeId> wanted_;
};

}  // namespace

OperatorPtr make_node_scan(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<NodeScan>(n, c, std::move(child));
}

}  // namespace mainstay::exec
